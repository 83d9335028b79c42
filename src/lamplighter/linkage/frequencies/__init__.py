"""How many people have a value, so that agreement on a rare one weighs more?

- ``value_shares``: shares of people from how many were seen to have each value
- ``term_frequencies``: how many people have a value, looked up for each distinct one
- ``value_counts``: the values of some records, counted
- ``name_dependence``: first names and surnames that go together
"""
