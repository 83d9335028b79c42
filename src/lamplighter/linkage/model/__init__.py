"""How likely is an agreement between records of one person (m), and of two (u)?

- ``fellegi_sunter``: m and u probabilities of each comparison level, in several kinds of pairs
- ``agreement_patterns``: pairs as patterns of levels, with how often each is seen
- ``expectation_maximisation``: m, u and the share of matches, learned without labels
- ``training``: from records to a fitted model
- ``initials``, ``namesakes``, ``sources``, ``one_to_one``: who has no more than an initial, who shares a
  first name by chance, prior odds of each two sources, and sources in which nobody stands twice
- ``parameters``: the fitted model as numbers, named by its own hash
- ``match_weights``, ``level_weights``: the evidence of pairs in bits, and the weight of every level
"""
