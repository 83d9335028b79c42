"""Who is who in any table of people, or of two people a row, whatever its columns are called?

The columns are guessed or said, their cells cleaned, and the records compared as those of reports are. Only
whoever links a table of their own needs this room: the hub never loads it.

- ``inputs``: tables of any library as polars has them
- ``headings``: what the heading of a column says that it holds
- ``cleaning``: cells of exports as dates, names, telephones and numbers that can be compared
- ``column_roles``: which column holds what, said or guessed, of one table or several
- ``two_party``: tables about two people a row
- ``weighed_pairs``, ``linking``: the match weights of candidate pairs, and persons
- ``api`` (:func:`link`), ``results``, ``whole_tables``: linking in one call, and the table given back
"""

from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage_tables.api import link
from lamplighter.linkage_tables.results import TableResult
from lamplighter.linkage_tables.two_party.linking import PairsResult, link_pairs

__all__ = ["Model", "PairsResult", "TableResult", "link", "link_pairs"]
