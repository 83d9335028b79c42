"""Which records are of the same person, and which reports have the same victim and suspect?

Records are compared level by level and weighed by a Fellegi-Sunter model with term frequencies; a candidate
pair's match weight is a sum of bars that explains it. Persons are clusters of records, a pure function of
match weights and of people's decisions. Each package imports only those that stand before it here:

- ``thresholds``: every threshold of a link
- ``arrays``: row order, pairs of rows as numbers, log odds, connected components
- ``features``: what a record says, as columns of codes
- ``comparisons``: the table of comparison levels and its evaluation; bars
- ``blocking``: blocking rules, candidate pairs, and how many true pairs the rules miss
- ``frequencies``: term frequencies: how many people have a value
- ``model``: m and u probabilities, training without labels, match weights
- ``engines``: pairs, weights and components across many sources, on arrays, DuckDB and Spark
- ``dyads``: two reports, two parties: is the victim the same, is the suspect?
- ``clustering``: clusters of records as persons with stable ids; decisions
- ``explain``: bars, sentences and names for people to read, and how well all agrees with a truth
- ``online``: reports as they arrive, one after the other
- ``settings``, ``results``, ``api``: linking people in reports in one call (:func:`link`)

Any other table of people is linked by :mod:`lamplighter.linkage_tables`.
"""

from lamplighter.linkage.api import link
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage.results import LinkResult

__all__ = ["LinkResult", "Model", "link"]
