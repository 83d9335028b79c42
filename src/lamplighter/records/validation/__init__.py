"""Is a bundle of tables sound, and what is wrong where it is not?

- ``problems``: problems as rows: where, what kind of value, why, what to do; never the value
- ``limits``: how much one report may hold
- ``crowded_reports``: reports that hold more
- ``plausible_dates``: dates that cannot be right, emptied with a warning
- ``validate``: pandera on whole columns, then keys, parents and dates
"""
