"""What was done: append-only events, by whom, to which opaque id, and why.

- ``integrity``: is the trail what was written?
- ``access_log``: who looked at what, and was it unusual?
"""
