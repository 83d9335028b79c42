"""How is a link explained?

- ``link_explanations``: what speaks for two records being one person
- ``reason_words``: words of explanations, each kept once
- ``addresses``: the address of a pair of records
"""
