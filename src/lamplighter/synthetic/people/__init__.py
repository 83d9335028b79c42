"""Who lives in the made-up area, under which names, where, and how can they be reached?

- ``population``: families, households, moves, telephones, accounts, vehicles and work
- ``names``: skewed frequencies by group, sex and generation, and how names vary
- ``places``: fictional towns, streets, postcodes and property numbers
- ``contact_details``: telephone numbers, e-mail addresses, accounts and marks that are clearly fictional
"""
