"""Excel workbooks (.xlsx, .xlsm) as a way that a table may come: opened with care, read row by row."""
