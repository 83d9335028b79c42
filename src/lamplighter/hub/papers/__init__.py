"""Which papers leave a case, who makes them, what is on them, and what became of each that was issued?

- ``kinds``: each kind of paper as data: who makes it, what it may draw from, where it is kept
- ``models``: a version of a paper, its issue and its withdrawal; rows stay as they were written
- ``configuration``, ``rules``: the test of the Act, prohibitions, criteria and limits, as dated rows
- ``incidents``, ``orders``, ``exhibits``, ``hidden``: what papers are made from, and what none may print
- ``writing``: what each kind says, as an outline of blocks
- ``policies``: may it be made, may it be issued
- ``services``: make, issue, withdraw
- ``bundles``: papers and exhibits as one file for a court, checked before it goes
- ``drawing``: an outline as PDF, DOCX or ODT, under a name that says nothing
- ``selectors``, ``presenters``, ``forms``, ``views``, ``panels``, ``permissions``, ``urls``: pages
"""
