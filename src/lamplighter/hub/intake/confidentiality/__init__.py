"""Who may read the words of a report?

- ``selectors``: what its sender chose, and what others are told
- ``services``: writing it down
- ``forms``: the question who may read
- ``presenters``: who may read, in words
"""
