"""Which commands read a study bundle, or let tables of one leave?

- ``bundles``: check one, begin one, make one up
- ``reviewing``: the review of one, for who holds it and for everybody
- ``comparing``: forces beside one another, and the published tables that they are made from
- ``publishing``: tables, through the disclosure gate
"""
