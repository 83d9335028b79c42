"""How is what was received written to the database?

- ``batch_writer``: a batch in one transaction, by ``COPY``
- ``single_report``: one report that came by itself, in few statements
- ``read_ahead``: the next batch, while the one before is taken in
- ``known_ids``: ids that a first import need not ask for
- ``services``: reports that are really gone
"""
