"""Which files did agencies send, and what became of each row?

- ``views``: the pages
"""
