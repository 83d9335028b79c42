"""What may be said of forces set beside one another, and what may not?

Whether forces differ by more than chance, which of them lie outside the limits of chance and of the spread
between forces, and which cannot be set beside the others at all, with the reason in words. Forces stand in
alphabetical order: the order says nothing.

- ``measures``: what is compared, as cards, from ``measures.toml``
- ``counts``: a bundle of totals or of reports as counts by force, period, basis and outcome
- ``comparability``: which force can be set beside the others, and if not, why
- ``funnel``: exact limits, the spread between forces, and tests over a whole page
- ``comparison``: every measure of every force, found once for page, tables and a public scorecard
- ``page``: the page and its tables
- ``release``: a page of reports that may leave, protected and attacked
"""
