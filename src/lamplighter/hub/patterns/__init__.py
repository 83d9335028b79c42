"""What belongs together: courses of conduct waiting for a person's decision.

- ``hooks``: what other contexts do when patterns change
- ``one_pattern``: what does the page of one pattern show?
- ``pattern_list``: which patterns wait, in which order?
- ``decisions``: what does a decision on a pattern lead to, and by when?
- ``learning``: what does the hub learn from corrections, and who accepted it?
- ``saved_reports``: what does a report that is saved, corrected or erased do to patterns?
"""
