"""How does one force's spreadsheet become a bundle?

- ``mapping``: mapping files, as TOML
- ``headed_lines``: the lines of a file under the headings that a mapping names
- ``mapped_bundle``: one line becomes rows of a bundle
- ``answers``: answers written into a mapping, so that each is asked for once
- ``wide_totals``: a table with a column for each outcome, made long
"""
