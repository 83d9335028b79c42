"""What is written of a case in a meeting, by whom, and what does it say today?

- ``services``: the only writer of minutes
- ``forms``, ``views``: a line, and its correction
- ``history``: its words, for the history of the case
"""
