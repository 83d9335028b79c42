"""Has something changed since it was last looked at, and how often would chance alone say so?

- ``shares_over_time``: counts of a row of periods on a scale on which chance is alike, and what
  each differs from all before it
- ``cusum``: sums that cross a threshold when a level moves, their run length, and what chance makes of them
"""
