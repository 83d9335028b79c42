"""Do two reports have the same victim, and the same suspect?

- ``dyad_evidence``, ``dyad_frames``: what the four cells (both, one, the other, neither) add to a pair, and
  the same for frames of pairs
- ``pair_context``: parts played, relationship, kind of matter, and the time between two reports
- ``cell_priors``, ``training``: how common each cell is, and a model fitted to reports
- ``same_suspect``: how likely two reports by one victim are of one suspect whom nothing names
- ``report_candidates``, ``weighed_pairs``: pairs that only two reports together propose, and all pairs
  weighed
- ``report_pairs``, ``report_pair_bars``: each two reports as one of four cells, with reasons
"""
