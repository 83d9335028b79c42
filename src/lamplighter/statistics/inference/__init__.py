"""How sure is a proportion, how many tests were made, and what could explain an estimate away?

- ``proportions``: Wilson, Clopper-Pearson and Newcombe intervals of proportions and their differences
- ``multiple_testing``: Holm's step-down procedure over a stated family
- ``e_value``: how strong a cause nobody measured would have to be
- ``rosenbaum``: how uneven a hidden choice within matched pairs would have to be
- ``combining``: one estimate of many partitions of records into people, by Rubin's rules
- ``linkage_bias``: how far the published partition is from what is believed, signed, by group
- ``refined_beliefs``: beliefs that know of something more, learned from the pairs themselves
- ``unseen_links``: a bound for pairs that no blocking rule proposed
"""
