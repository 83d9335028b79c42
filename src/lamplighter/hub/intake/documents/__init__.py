"""How does one report come in alone, from the form or the feed?

- ``services``: storing it, through the same door as files
"""
