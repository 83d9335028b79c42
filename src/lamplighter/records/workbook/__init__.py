"""Which rows does a workbook (.xlsx, .xlsm, .ods) hold, opened with care and read row by row?

- ``package``: the zip archive of XML parts, opened without trusting what it says of itself
- ``strings``: the texts that cells share
- ``formats``: what a cell shows, by its number format
- ``sheet``: the rows of one sheet, as text
- ``opendocument``: the same of an OpenDocument spreadsheet, whose sheets lie in one part
- ``reading``: a sheet under its headings, as ``formats.delimited`` gives a file of lines
- ``any_sheet``: a sheet as a table, with no mapping
"""
