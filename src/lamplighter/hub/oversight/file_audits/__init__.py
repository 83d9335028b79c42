"""Does the file of a case make less of the behaviour than it was?

- ``services``: the only writer of audits of files
- ``views``: their page in the administration of a case
"""
