"""What do the columns of a source system mean, and how do its rows become reports?

- ``mappings``: the mapping of one system, as TOML data (``built_in/``)
- ``fields``: a mapping's fields applied to rows, each distinct combination of values once
- ``unknown_words``: words of coded columns that a mapping does not know
- ``keys``: references of reports and rows, made, mended and told apart
- ``consolidation``: lines of one report that say different things
- ``safe_contacts``: set apart from everything else
- ``offences_and_occasions``: out of the consolidated lines
- ``report_tables``: all lines of each report of one part, to the five tables
"""
