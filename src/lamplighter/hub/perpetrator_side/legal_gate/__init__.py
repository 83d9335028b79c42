"""What does the legal status of a case allow?

- ``gate``: kind of work by kind of work, in words
- ``views``: consultations about required work
"""
