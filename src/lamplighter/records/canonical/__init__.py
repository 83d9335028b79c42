"""What is the one form of what identifies people, however it was written?

- ``phones``, ``handles``, ``vehicles``, ``places``: telephones and e-mail, accounts, marks, postcodes
- ``names``, ``dates``: names apart from words that stand in for one; dates, birth dates and ages
- ``identifiers``, ``references``: PNC ids and CRO numbers; agencies' own references
- ``outcome``: what a form gives back: the value, and what was wrong

The plural functions take a Polars series and work on all of it at once; the
singular ones take one value and are for forms and searches. Both are the same
code, so a number typed into a search box matches a number read from a file.
"""

from __future__ import annotations

from lamplighter.records.canonical.dates import ages, datetimes, looks_like_date
from lamplighter.records.canonical.handles import handle, handles, platform
from lamplighter.records.canonical.identifiers import (
    cro,
    cro_check_letter,
    cros,
    pnc_check_letter,
    pnc_id,
    pnc_ids,
)
from lamplighter.records.canonical.names import is_descriptor, names, nicknames, other_names, whole_names
from lamplighter.records.canonical.outcome import Outcome
from lamplighter.records.canonical.phones import emails, match_token, match_tokens, phone, phones
from lamplighter.records.canonical.places import postcode, postcodes
from lamplighter.records.canonical.references import references_in, tidy_references
from lamplighter.records.canonical.vehicles import vehicles, vrm

__all__ = [
    "Outcome",
    "ages",
    "cro",
    "cro_check_letter",
    "cros",
    "datetimes",
    "emails",
    "handle",
    "handles",
    "is_descriptor",
    "looks_like_date",
    "match_token",
    "match_tokens",
    "names",
    "nicknames",
    "other_names",
    "phone",
    "phones",
    "platform",
    "pnc_check_letter",
    "pnc_id",
    "pnc_ids",
    "postcode",
    "postcodes",
    "references_in",
    "tidy_references",
    "vehicles",
    "vrm",
    "whole_names",
]
