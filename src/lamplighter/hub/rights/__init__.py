"""The rights of the people in the records: their own data, how long it is kept, and erasing it.

- ``subject_access``: what is a person given who asks for their own data?
- ``retention``: how long does the owner of records keep them?
- ``erasure``: what is really gone, and how does it stay gone?
"""
