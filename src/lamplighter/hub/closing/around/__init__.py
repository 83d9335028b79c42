"""What goes on beside the closing of a case, and closes nothing?

- ``following``: what happened elsewhere, and what it sets off
- ``withdrawals``: the safeguarding review after the victim withdrew
- ``limits``: the six-month limit, looked at after three, four and five months
- ``handing_over``: another area or service is asked, answers, and is asked for the outcome
- ``identity``: whether a victim is told who an anonymous stalker is
- ``audits``: what a sample of files was audited for
- ``forms``, ``views``: their pages
"""
