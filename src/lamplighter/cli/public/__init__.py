"""Which commands make what the public reads?

- ``scorecards``: the public site: its sources, its pages, its check
"""
