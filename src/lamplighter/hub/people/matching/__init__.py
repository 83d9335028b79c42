"""How is a new report matched against the records that are held?

- ``record_tables``: the tables that a report is matched against
- ``prepared_records``: what is kept of records so that a report finds them
- ``statements``: what the tables are asked, each prepared once
- ``frame_storage``: frames of the linkage to rows and back
- ``services``: everything linked anew while reports come
- ``staged_tables``: who is who, written beside what is in use
- ``selectors``: who an id of a person leads to today
"""
