"""How is a paper set, and what does one hold?

- ``outline``: the blocks of a paper, from which every form is drawn; ``printable``: text that each can show
- ``tagged_pdf``, ``wordprocessing``, ``opendocument``: an outline as PDF, DOCX and ODT; ``zipped``: packing
- ``bundle``, ``bundle_checks``: papers and exhibits as one file for a court, and the eight checks of it
- ``typesetting`` sets any paper with Typst; ``minutes`` are those of a meeting
"""
