"""Which commands make what the public reads?

- ``scorecards``: the public site: its sources, its pages, its check
- ``registers``: the register of recommendations, and a plan that is checked against it
"""
