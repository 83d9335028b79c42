"""How do two records agree, level by level?

- ``comparison_levels``: the one table of comparison levels, read from ``levels.toml``
- ``comparison_vectors``: the level of every comparison for pairs of records, on arrays
- ``evaluate``: the conditions of the levels, on arrays and for one pair
- ``weight_bars``, ``reasons``: what each comparison adds to a match weight, as bars, and what a bar says
"""
