"""Who may see which partition: the written rules, and the row security that the database makes of them.

- ``concurrent_edits``: two people who change the same thing
- ``wall``: who reads and writes which partition, and how does the database keep to it?
- ``emergency_access``: how is a partition opened for a while to somebody whom the rule keeps out?
- ``oversight``: how do people ask for restricted information, review its use, and block somebody from a
  case?
"""
