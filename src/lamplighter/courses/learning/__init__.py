"""What may a correction teach, and what would change by it?

- ``teaching``: from words of a report to a phrase that names nobody
- ``effect``: which incidents a phrase would give an act, or take one from
- ``phrase_files``: learned phrases as a dated file that another installation can read
"""
