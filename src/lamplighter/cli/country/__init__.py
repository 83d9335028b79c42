"""Which commands work on a whole country?

- ``reoffending``: how many stalk again, by every definition
"""
