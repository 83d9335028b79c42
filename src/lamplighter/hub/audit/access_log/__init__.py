"""Who looked at what, and was it unusual?

- ``page_access``: every page that shows a case, person or record writes it
- ``anomalies``: found by a job, judged by an auditor
"""
