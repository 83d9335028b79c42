"""Which records are one person?

- ``profiles``, ``agglomeration``: clusters joined best first while their profiles agree
- ``cluster_evidence``: evidence for clustering from weighed pairs, a frame or columns of bars
- ``join_weights``, ``cluster_weights``: how well the records of a cluster came together, and what that adds
  to a pair
- ``ambiguous_suspects``: whoever is not named and fits two persons is neither
- ``decisions``: what people decided, append-only
- ``stable_ids``, ``clusters``: persons with ids, a pure function of pairs, decisions and earlier ids
"""
