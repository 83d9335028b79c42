"""Say once how much one report may hold; the feed, the form and every reader of files keep to it.

The work on a report grows faster than the number of people in it, and one worker sees to everybody's. Nothing
that is recorded about stalking comes near these numbers.
"""

from __future__ import annotations

LONGEST_REFERENCE = 120
"""Characters of an agency's own reference. With the source before it and the number of a person behind it, it
is an id of ours, of which the tables of links and patterns hold 200."""
LONGEST_ID = 200
LONGEST_TEXT = 20_000
"""Characters of a text that is typed, or sent, one report at a time."""

MOST_ROWS = {"people": 200, "occasions": 200, "offences": 100}
"""Rows of one report, by table."""
MOST_VALUES = 100
"""Telephones, addresses, names or references of one person or report, in one list."""
MOST_OCCASIONS_TYPED = 20
"""Occasions of a report that is typed: each is a page."""
DEEPEST = 32
"""Brackets within brackets of one message. A person's safe contact, the deepest we ask for, has four."""
HIGHEST_NUMBER = 2**31 - 1
"""The highest number of an occasion or an offence within its report that the tables hold."""
