"""How is a report read that is held, corrected, withdrawn and put back?

- ``views``: its pages
"""
