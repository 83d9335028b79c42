"""Which reports are left out of matching, because work on them failed?

- ``selectors``: which they are
- ``services``: setting one aside, and trying it again
"""
