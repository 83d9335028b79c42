"""What is really gone, and how does it stay gone?

- ``erasing``: the rows of one owner, or the whole case
- ``ledger``: what was erased, kept where a restored copy cannot undo it
- ``received_reports``: reports about the two people of a case and nobody else
"""
