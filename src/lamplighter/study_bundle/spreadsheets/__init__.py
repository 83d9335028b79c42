"""How does one force's spreadsheet become a bundle?

- ``mapping``: mapping files, as TOML
- ``mapped_bundle``: one line becomes rows of a bundle
- ``wide_totals``: a table with a column for each outcome, made long
"""
