"""How does a result look, as a chart with its words and table, as a paper, or as a sheet?

This room draws what it is given and never asks where it came from. Every
picture comes with a text alternative and the table it was drawn from, so that
nobody needs to see it to read it. Nothing is loaded by this package itself:
whoever only writes a number in words does not load what draws charts.

- ``words``: numbers, days and spans of time as people read them
- ``charts``: pictures, and the axes that they share
- ``papers``: typeset papers and the one way they are typeset
- ``schedule``, ``register``: the course of conduct, and what was disclosed, as papers
- ``document``, ``html_page``, ``patterns_page``: a page made of parts, and a page of patterns
- ``workbook``, ``spreadsheet``, ``csv_files``, ``folder``: the same results as files to work with
"""
