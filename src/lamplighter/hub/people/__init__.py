"""Who is who: records joined to persons, with reasons, and taken apart again by decisions.

- ``matching``: how is a new report matched against the records that are held?
- ``links``: how is a link explained?
"""
