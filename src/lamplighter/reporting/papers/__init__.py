"""How is a paper set, and what does one hold?

``typesetting`` sets any paper with Typst; ``minutes`` are those of a meeting.
"""
