"""Between what and what must a hidden figure lie, by all that is printed (the audit of a suppressed table)?

- ``knowledge``: bounds, sums and ratios of the true figures, cell by cell
- ``crossing``: people with several codes at once, whom no sheet counts but several tell of
- ``corrections``: what a reader knows of the figures that were not corrected
- ``intervals``: bounds by propagation, then by linear and integer programmes
- ``asking``: one set of rows that is asked again and again how small or large something can be
"""
