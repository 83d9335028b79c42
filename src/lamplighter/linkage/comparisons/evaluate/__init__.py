"""How is a condition of the table of comparison levels evaluated?

- ``on_arrays``: for arrays of pairs
- ``logic``, ``on_texts``: conditions put together, and conditions on two texts or lists, for the same
- ``on_one_pair``: compiled to plain Python, for one pair
"""
