"""How many further reports, offences or contacts, for whom and in how much time?

- ``count_models``: Poisson and negative binomial (NB2) regression
- ``maximum_likelihood``: steps, the best alpha, and whether a maximum exists
- ``overdispersion``: do counts vary more than Poisson's law allows
"""
