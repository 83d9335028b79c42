"""Which patterns wait, in which order?

- ``presenters``: the list as plain values
- ``selectors``: how much is held altogether, for those who read none
"""
