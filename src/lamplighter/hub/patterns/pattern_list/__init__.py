"""Which patterns wait, in which order?

- ``presenters``: the list as plain values
- ``overall_counts``: how much is held altogether, for those who read none
"""
