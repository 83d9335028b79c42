"""What are papers made of, and what may none of them print?

One place to ask each other context.

- ``incidents``: the reports of the case as papers say them, with the words that their maker may read
- ``orders``: orders and breaches
- ``exhibits``: what can be put before a court
- ``hidden``: where the victim lives and how they are reached
"""
