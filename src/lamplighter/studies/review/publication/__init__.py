"""What of a review may leave, and in which form?

- ``protected_values``: what the disclosure engine printed
- ``merging``: sparse groups with a named neighbour, before anything is hidden
- ``publishing``: protected, attacked, and only then released
- ``report``: the whole report, of what may be shown
- ``report_folder``: the review as a folder for those inside
"""
