"""What makes another assessment due, who is told of it, and who is not?

- ``services``: the only writers of triggers
- ``forms``, ``views``: recording one, setting one aside, and all of a case
"""
