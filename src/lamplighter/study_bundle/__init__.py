"""What does a study read?

The pseudonymised Data Package: its schema, its reading, its checking.

- ``schema``: the tables and columns of a bundle, from ``schema.toml``
- ``bundle``: a bundle in memory, as checked
- ``metadata``: the period, the rules and what the force does not hold
- ``needs``: what each analysis needs, and so what a bundle can answer
- ``financial_years``: financial years and their quarters, as tables write them
- ``errors``: what reading a bundle may raise
- ``checking``: a bundle from disk, checked; the one door
- ``dictionary``: the data dictionary of a bundle
- ``template``: a bundle to begin with
- ``compact_rows``: rows of one table held small
- ``limitations``: what a bundle lacks, in plain words
- ``files``: how is a table read from disk, and a bundle written?
- ``checks``: what is wrong with a bundle, and what does it cost?
- ``spreadsheets``: how does one force's spreadsheet become a bundle?
- ``national``: how do published tables of all forces become a bundle?
"""
