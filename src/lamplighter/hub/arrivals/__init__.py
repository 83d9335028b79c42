"""A report arrived: which cases it concerns, who is told, and what a case shows of it.

- ``saving``: how is a report saved, corrected, withdrawn and put back, with all that follows?
- ``new_report``: how is a new report typed, page by page?
- ``held_reports``: how is a report read that is held, corrected, withdrawn and put back?
- ``deliveries``: which files did agencies send, and what became of each row?
"""
