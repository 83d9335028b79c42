"""Which cases come before a meeting, in which order, and what puts each there?

- ``items``: the agenda as one person may read it, built anew for each look
- ``sources``: the rules that put a case on it
- ``forms``: a case that is added, and one that is put off
"""
