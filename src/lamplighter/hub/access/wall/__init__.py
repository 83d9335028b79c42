"""Who reads and writes which partition, and how does the database keep to it?

- ``partitions``: the wall as data, one written rule a partition
- ``row_security``: the written rules as SQL conditions
- ``declared_tables``: which partition every table belongs to
- ``form_readers``: who reads what is written where, in words for a form
- ``identity``: who the database believes is asking
- ``sync``: roles, grants and row security, made after every migrate
- ``drift``: what the database holds beside what was declared
- ``undeclared``: what was put in by hand, taken away
- ``staging_tables``: tables written as a whole and put in place at once
- ``vault``: no words repeat what is in the vault
- ``redaction``: words taken out of the rows and sealed
- ``system_checks``: the build fails when a table or page does not say what it holds
"""
