"""What is wrong with a bundle, and what does it cost?

- ``findings``: faults as rows with remedy and cost, never a value
- ``table_work``: a table while it is checked
- ``cells``: cells to the kinds of the schema
- ``rows``: keys, references, and what a kind of event must say
- ``consistency``: faults across columns, rows and tables
- ``events``: events against their report, the extract and each other
- ``totals``: every rate worked out again from its counts
"""
