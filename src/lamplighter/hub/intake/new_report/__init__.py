"""How is a report typed?

- ``pages``: the pages in order, and the document they make
- ``forms``: the short pages
- ``person_forms``: the pages about people
- ``journey``: the pages of a new report and of a correction
- ``drafts``: what is being typed, held for its author
"""
