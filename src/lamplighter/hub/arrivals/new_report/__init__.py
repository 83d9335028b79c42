"""How is a new report typed, page by page?

- ``views``: its pages
"""
