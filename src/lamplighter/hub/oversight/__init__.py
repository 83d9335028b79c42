"""Who opened what they are not given, who looked at what, and who must never find a case?

- ``emergency_access``: how is a partition opened for a while to somebody whom the rule keeps out?
- ``blocked_people``: who finds nothing of a case from now on?
- ``file_audits``: does the file of a case make less of the behaviour than it was?
- ``audit_log``: what does an auditor, or whoever answers for a case, read of the trail?
- ``work``: accounts to confirm, on the work list
- ``reasons``: a reason that somebody else will read
"""
