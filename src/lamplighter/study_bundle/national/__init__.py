"""How do published tables of all forces become a bundle?

- ``words``: what the publisher's headings, outcomes and codes mean, from ``words.toml``
- ``shapes``: a sheet, long or wide, as one row a force, period, offence, outcome and basis
- ``outcomes``: several files of outcomes as one bundle of totals, with what was found on the way
"""
