"""What does an auditor, or whoever answers for a case, read of the trail?

- ``selectors``: events and unusual access, as an auditor finds them
- ``case_access``: who looked, for those who answer for it
- ``forms``: searches of the trail
- ``views``: the pages
- ``urls``, ``case_urls``: their addresses, of the trail and of a case
"""
