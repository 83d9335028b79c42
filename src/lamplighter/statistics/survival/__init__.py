"""How many are still without the event at each day, and do groups differ?

- ``timeline``: who is at risk when, from rows of any order
- ``kaplan_meier``: one outcome, with exact ties and delayed entry
- ``aalen_johansen``: outcomes that compete
- ``infinitesimal_jackknife``: what one person, or one cluster, does to a curve
- ``confidence_limits``: limits about a curve, and where it crosses a level
- ``curve_tests``: log-rank, and Gray's test where outcomes compete
- ``restricted_mean``: mean time free of the event, or lost to one outcome, up to a horizon
- ``restricted_mean_comparison``: two groups over one horizon
- ``concordance``: Harrell's: does a score rank who has the event sooner
"""
