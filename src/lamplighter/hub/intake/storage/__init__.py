"""How is what was received written to the database?

- ``batch_writer``: a batch in one transaction, by ``COPY``
- ``single_report``: one report that came by itself, in few statements
- ``bulk_copy``: frames to PostgreSQL and back by ``COPY``
- ``binary_copy``: rows of numbers in the binary format of ``COPY``
- ``read_ahead``: the next batch, while the one before is taken in
- ``known_ids``: ids that a first import need not ask for
- ``erasure``: reports that are really gone
"""
