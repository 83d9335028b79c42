"""Which pairs of records are compared at all?

- ``blocking_rules``: the kinds of keys that propose pairs, read from ``keys.toml``
- ``candidate_pairs``: pairs that share a key which few records have, and whether given pairs share one
- ``rule_selection``: which rules are worth their pairs, learned without labels
- ``recall_estimate``: how many true pairs the rules propose, estimated without labels
- ``hashed_keys``, ``key_index``: keys that show nobody's name, and the keys that many records are kept under
"""
