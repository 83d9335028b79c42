"""Which papers leave a case, who makes them, what is on them, and what became of each that was issued?

- ``kinds``: each kind of paper as data: who makes it, what it may draw from, where it is kept
- ``models``: a version of a paper, its issue and its withdrawal; rows stay as they were written
- ``configuration``, ``rules``: the test of the Act, prohibitions, criteria and limits, as dated rows
- ``contents``: what papers are made from, and what none may print
- ``writing``: what each kind says, as an outline of blocks
- ``policies``: may it be made, may it be issued
- ``services``: make, issue, withdraw
- ``self_inspection``: the pack of what an agency undertook to do better, which is of no case
- ``who_learns``: whose task it is that papers for a court went out
- ``files``: a paper, or many as one bundle, as a file
- ``selectors``, ``presenters``, ``forms``, ``views``, ``panels``, ``permissions``, ``urls``: pages
"""
