"""How is a file written, and which rows does it hold?

- ``input_files``: files and what to call them
- ``text_lines``: bytes to numbered lines, whatever the encoding
- ``delimited``: delimited text to rows
- ``damaged_lines``: lines repaired where one reading only fits, else left out with a reason
- ``header_detection``: where the headings of a table stand
- ``json_lines``: one object a line, people nested in it
- ``any_table``: any table in a file, with no mapping
- ``data_package``: bundles as Data Packages
- ``formula_injection``: cells on the way out: nothing that a spreadsheet would run
"""
