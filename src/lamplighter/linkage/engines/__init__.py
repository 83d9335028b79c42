"""Which engine finds the pairs across sources, weighs them, and tells what hangs together?

A national index asks an engine for three things and does the rest itself; every engine answers alike.

- ``protocol``: the three verbs, and the profiles and rules that they are given
- ``on_arrays``: arrays in memory, on threads; the default
- ``sql_dialects``, ``sql_tables``: features as tables, and what DuckDB and Spark call differently
- ``sql_pairs``, ``sql_weights``, ``sql_components``: the three verbs in SQL
- ``on_sql``: the three verbs, by whatever runs SQL
- ``on_duckdb``: DuckDB, within a memory that is said
- ``on_spark``: Spark, on one machine or many
"""
