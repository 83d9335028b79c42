"""How is a table read from disk, and a bundle written?

- ``csv_tables``: one table's CSV to numbered rows
- ``parquet``: one table's Parquet file to numbered rows, with limits
- ``table_sources``: the rows of one table, whole or a part at a time
- ``data_package``: bundles as Data Packages on disk
- ``sheets``: the tables in a file or workbook, and where their headings stand
- ``durations``: bundles that hold hours instead of clock times
"""
