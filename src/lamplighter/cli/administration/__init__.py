"""Which commands does whoever runs a hub on their own server need?

- ``hub``: set it up, run it, add people, bring files in, check it, bring it up to date
- ``backups``: copies of it, made, proved and brought back
- ``auditing``: is the audit trail what was written
- ``exporting``: its records as a study bundle
- ``instruments``: instruments of its own, before it has them
"""
