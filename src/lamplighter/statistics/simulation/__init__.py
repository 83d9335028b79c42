"""Do the limits mean what they say: how often does an interval hold a known truth?

- ``coverage``: scenarios run in parts, their sums merged and judged
- ``cohorts``: made-up cohorts: shared suspects, outcomes that compete, counts, late ends
- ``true_values``: what is true of them
- ``estimates``: what each estimator says of one cohort
- ``sample_sizes``: scenarios of how many, how rare an outcome, how rare a factor
- ``misspecification``: scenarios of what a plain method gets wrong
- ``scenarios``: the twelve of the verification programme
"""
