"""What must work that nobody waits for keep to?

- ``worker_pulse``: is there a worker at all
- ``retries``: how a job that failed is tried again
- ``within``: a limit of the work that one thing may take
- ``collector``: Python's garbage collector, out of the way of work that makes many objects
"""
