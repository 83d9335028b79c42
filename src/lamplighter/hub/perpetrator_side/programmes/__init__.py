"""How is a programme delivered?

- ``delivery``: enrolment, sessions, missed ones, the end
- ``views``: the pages
"""
