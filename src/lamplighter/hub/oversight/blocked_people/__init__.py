"""Who finds nothing of a case from now on?

- ``selectors``: who is blocked, and who could be
- ``services``: keeping somebody off a case
- ``forms``: whom, and why
- ``views``: its pages
"""
