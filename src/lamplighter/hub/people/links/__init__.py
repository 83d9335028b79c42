"""How is a link explained?

- ``presenters``: what speaks for two records being one person
- ``reason_words``: words of explanations, each kept once
- ``addresses``: the address of a pair of records
"""
