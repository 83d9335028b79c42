"""What have all regressions in common?

- ``design_matrix``: read, checked, an intercept in front, collinear columns named
- ``patterns``: rows that say the same are one row with a count
- ``separation``: does the maximum likelihood estimate exist; decided by linear programming
- ``sandwich``: variance by row, by cluster, by suspect and victim at once
- ``ratios``: a coefficient by name, and odds ratios with limits
"""
