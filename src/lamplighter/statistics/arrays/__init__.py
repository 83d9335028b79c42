"""How are the arrays given to an estimator read, refused and solved?

- ``checks``: to float64 or codes, or refused with the element and a remedy
- ``errors``: what was wrong: which array, which element, what to do
- ``flags``: warnings as data, with a code that a program can test for
- ``pandas_rows``: rows that pandas names must be the same rows in every argument
- ``linear_algebra``: small symmetric systems, and columns that are combinations of others
"""
