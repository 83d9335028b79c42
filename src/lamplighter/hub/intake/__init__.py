"""How reports come in: a form, files, a feed; and what became of each.

- ``new_report``: how is a report typed?
- ``documents``: how does one report come in alone?
- ``set_aside``: which reports are left out of matching?
- ``imports``: how do files come in?
- ``feed``: how does another system hand on reports?
- ``storage``: how is what was received written to the database?
- ``confidentiality``: who may read the words of a report?
- ``reports``: what does each version of one report say, and how is it corrected, withdrawn and put back?
- ``sources``: which systems send files, and which mapping reads each since when?
"""
