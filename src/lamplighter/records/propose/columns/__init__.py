"""What may one column of a sample mean?

- ``meanings``: what a column can mean: the choices that a page offers
- ``headings``: what a heading says: its words, whose column it is, which meanings are called so
- ``looks``: what the values of a column look like
- ``guesses``: ranked guesses, each with its reasons
"""
