"""How are the cells of a table written as the comparison levels read them?

- ``clean_columns``: clean texts, whole numbers, and lists of what somebody has several of
- ``dates``, ``ages``, ``age_dates``, ``birth_parts``: dates in any way of writing, ages, when ages were told,
  and a date of birth in three columns
- ``contacts``, ``address_lines``, ``canonical_forms``: telephones and e-mail addresses of one cell, lines of
  an address, police numbers and accounts
- ``measures``: numbers as whole ones
- ``placeholders``: values that stand where nobody knew better
- ``shaping``: every column of a table in the shape in which it is compared
- ``names``: the cells in which names stand
"""
