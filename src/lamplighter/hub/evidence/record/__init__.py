"""How can somebody outside the hub check what it holds, and since when?

- ``receipts``: the daily root over everything that was received
- ``time_stamps``: an authority's signature over a root (RFC 3161)
- ``case_uco``: the custody of a case as CASE/UCO JSON-LD
"""
