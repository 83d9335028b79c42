"""Who may read the words of a report?

- ``readers``: what its sender chose, and what others are told
- ``forms``: the question who may read
- ``presenters``: who may read, in words
"""
