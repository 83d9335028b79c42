"""What does a report that is saved, corrected or erased do to patterns?

- ``selectors``: have we met these two people before?
- ``earlier_report_views``: what a report joins, and taking it out again
- ``services``: reports that are gone, with who they were about
- ``failing_reports``: no report stops the others
- ``report_process``: one report followed up by a process of its own
- ``watched_process``: whether a report ends whoever works on it, or somebody ended the worker
"""
