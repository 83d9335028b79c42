"""How does a paper, or many as one bundle, become a file?

- ``drawing``: an outline as PDF, DOCX or ODT, under a name that says nothing
- ``bundles``: papers and exhibits as one file for a court, checked before it goes
"""
