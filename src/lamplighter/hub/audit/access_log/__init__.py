"""Who looked at what, and was it unusual?

- ``page_access``: every page that shows a case, person or record writes it
- ``case_access``: who looked, for those who answer for it
- ``failed_sign_ins``: who tried to sign in and did not get in
- ``anomalies``: found by a job, judged by an auditor
"""
