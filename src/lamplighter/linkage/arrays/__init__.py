"""How are rows, and pairs of rows, kept by the million?

- ``row_order``: whole numbers in order, told apart, mixed and spread out
- ``pair_ids``: a pair of n rows as one number
- ``pair_words``: a pair of numbers of any origin as one word of 64 bits
- ``log_odds``: probabilities as bits of log odds, in which match weights are added up
- ``components``: connected components under pairs, and the pairs that a component leaves out
- ``threads``: what is done in Python alone, in turn with other threads
"""
