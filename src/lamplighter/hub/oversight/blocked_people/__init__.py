"""Who finds nothing of a case from now on?

- ``services``: keeping somebody off a case
- ``forms``: whom, and why
- ``views``: its pages
"""
