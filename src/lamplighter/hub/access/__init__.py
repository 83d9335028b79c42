"""Who may see which partition: the written rules, and the row security that the database makes of them.

- ``bulk_copy``: whole tables of rows in and out, as the role that loads
- ``concurrent_edits``: two people who change the same thing
- ``trail``: one event written to the audit trail
- ``roles``: kinds of agency, and roles of people
- ``wall``: who reads and writes which partition, and how does the database keep to it?
"""
