"""What does one report say, and what does a set of them look like?

- ``facts``: who, when, what was done, and the words behind it
- ``readings``: possible stalking, or one of the other matters that repeat
"""
