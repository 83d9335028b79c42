"""Which column of a table holds what?

- ``columns``: the fields of a table, said by the caller or guessed (:func:`columns.understood`)
- ``guessing``, ``looks``: the field of a column by its heading, else by the look of its values
- ``stacked_columns``: columns that fill each other's gaps
- ``reading``: a table whose columns are known, as records that can be compared
- ``several_tables``: several tables as one
- ``no_identifiers``: warnings where nothing tells who somebody is
"""
