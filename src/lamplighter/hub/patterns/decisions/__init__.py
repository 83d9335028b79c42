"""What does a decision on a pattern lead to, and by when?

- ``steps``: a review date, and tasks for forces
- ``step_views``: refer, ask a force to correct, set a date
- ``time_limits``: the six-month limit as of today
- ``short_lived_evidence``: evidence that others delete after a while
- ``domestic_abuse``: patterns that read as domestic or honour-based abuse
- ``domestic_abuse_views``: what was done about one
"""
