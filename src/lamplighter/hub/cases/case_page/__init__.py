"""What does every page of a case have around it, and what is on it?

- ``frame``: the bar that names the case and no person
- ``tabs``: the tabs, and the pages inside one
- ``timeline``: everything on a case on one line
- ``pattern_summary``: what the pattern of the case says
- ``views``: the case, its history and the way to a past day
"""
