"""What does a report on reoffending say, of the country, a force or a hub, and what of it may leave?

- ``page``: the whole report, in the order a reader needs it
- ``sentences``: what may be said, and what may not, with why
- ``rates``: rates by definition, their intervals, editions and the grid
- ``people``: people, victims, forces, earlier allegations, orders, concentration
- ``group_bias``: how links move the rates of groups
- ``about``: the links by group, the rules, and how it was worked out
- ``folder``: the report as files for those who may see small numbers
- ``release_names``: what a release calls its tables
- ``release``: what may leave, through the gate
"""
