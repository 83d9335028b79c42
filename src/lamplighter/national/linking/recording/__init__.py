"""How do forces record, and who is called what?

- ``source_rates``: how often what two forces recorded of one person, or of two, agrees
- ``ethnic_names``: how common an ethnicity is among those who bear a name
- ``border_weigher``: the evidence of pairs of records of two forces by both
- ``learned_rates``: both, learned without labels from persons of two forces who may be one
"""
