"""How does a table of any library become one of polars, its rows with ids?

- ``any_library``: tables of polars, pandas, Arrow or DuckDB, and rows as mappings, as one polars table
- ``nested_columns``: structures and lists as columns that can be looked at
- ``row_ids``: the ids of the records of a table
"""
