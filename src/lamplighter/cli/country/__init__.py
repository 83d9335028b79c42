"""Which commands work on a whole country?

- ``national``: split a force's records, link forces, take one out, and say how it went
- ``national_page``: the page of a release of links
- ``reasons_page``: why records of several forces were taken for one person
- ``reoffending``: how many stalk again, by every definition
"""
