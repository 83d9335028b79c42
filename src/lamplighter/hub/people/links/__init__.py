"""How is a link explained, and which wait for a person to compare?

- ``link_explanations``: what speaks for two records being one person
- ``reason_words``: words of explanations, each kept once
- ``addresses``: the address of a pair of records
- ``unsure_matches``: pairs that a person must compare
- ``unsure_presenters``: what the list says of each
- ``unsure_views``: the list, and deciding in place
"""
