"""How does the hub meet: who is asked, what is on the agenda, what is sent before, and what was said?

- ``models``: a meeting, who came, and rows of cases: what was asked, its place, returns and minutes
- ``rules``, ``configuration``, ``policies``, ``permissions``: what may be done, when and by whom
- ``services``: planning, who came, what is asked before, the order of the agenda, its end
- ``agenda``: what puts a case before the meeting
- ``minutes``: what is written of a case
- ``general``: what is about no case
- ``documents``: the printed minutes and the calendar file
- ``hooks``, ``work``: who carries invitations; what meetings wait for, on work lists
- ``selectors``, ``presenters``, ``forms``, ``views``, ``case_views``, ``panels``, ``urls``: pages
"""
