"""What does each version of one report say, and how is it corrected, withdrawn and put back?

- ``selectors``: one report with all its versions
- ``sections``: what a version says, part by part
- ``answers``: what was typed, recalled and put together
- ``services``: corrected, withdrawn, put back
- ``policies``: what may be done with a report as it stands
- ``permissions``: who may
- ``forms``: the one question of all three
- ``presenters``: what the pages show
"""
