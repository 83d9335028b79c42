"""How do files come in?

- ``services``: files that somebody sends
- ``scheduled``: files that a scheduler brings
- ``forms``: the form that sends files
"""
