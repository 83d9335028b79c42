"""What do an installation's own files of rules say, read at one moment and never half in force?

- ``part``: one file, what it decides, and what it may hold
- ``reading``: all of them as they were at one moment, and what this process runs on
- ``dated``: rows that hold from a day on
- ``faults``: the error that stops a hub whose configuration cannot be used
"""
