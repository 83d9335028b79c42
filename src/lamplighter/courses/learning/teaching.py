"""From words of a report to a phrase for others: names and numbers made general, the rest as it was written.

Nothing that says who somebody is may stay in it. Names that are recorded, capitals inside a sentence, numbers
and accounts become signs; what else the people of the report are known by is refused, with what to do.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from typing import Any

from lamplighter.courses.coding import coder
from lamplighter.courses.coding.learned import (
    ACCOUNT,
    NAME,
    NUMBER,
    SOMEBODY,
    PhraseError,
    is_number,
    is_somebody,
    parts,
)
from lamplighter.courses.results import Row

# What says nothing of a person although it stands in many an address.
_OF_ANY_ADDRESS = frozenset((
    "the", "and", "near", "next", "opposite", "flat", "floor", "house", "home", "court", "block", "unit",
    "room", "road", "street", "lane", "avenue", "drive", "way", "close", "crescent", "terrace", "place",
    "square", "park", "gardens", "grove", "hill", "rise", "walk", "mews", "row", "green", "view", "yard",
    "station", "north", "south", "east", "west", "upper", "lower", "old", "new", "high", "church",
    "school", "shop", "pub",
))  # fmt: skip
# Coded values, which name nobody; the rest of a person's and a report's columns may.
_OF_PERSON = (
    "surname", "forenames", "nicknames", "phones", "emails", "handles", "address_text", "postcode", "town",
    "vehicles", "pnc_id", "cro", "source_person_ref", "match_tokens",
)  # fmt: skip
_OF_REPORT = ("source_ref", "related_refs", "location_text", "location_postcode")
_WORD = re.compile(r"[^\W_]+")


def generalised(
    words: str,
    text: str,
    *,
    victim_words: Collection[str] = (),
    suspect_words: Collection[str] = (),
    known: Collection[str] = (),
) -> str:
    """The phrase that these words of a text teach.

    Args:
        words: as they stand in the text.
        text: what they were chosen from.
        victim_words: names by which the text may call the victim.
        suspect_words: names by which it may call the suspect.
        known: words that say who somebody of the report is, lower case; see :func:`identifying`.

    Raises:
        PhraseError: when they do not stand there, are of several sentences, or say who somebody is.
    """
    start, end = _place(words, text)
    of = [
        [(t, form) for t, form in zip(sentence, forms, strict=True) if t.start >= start and t.end <= end]
        for sentence, forms in coder.normal_form(text, victim_words, suspect_words)
    ]
    of = [chosen for chosen in of if chosen]
    if not of:
        raise PhraseError("Choose at least two words of the report.")
    if len(of) > 1:
        raise PhraseError("Choose words of one sentence: acts are read sentence by sentence.")
    made = []
    for token, form in of[0]:
        if form == ",":
            continue
        sign = _sign(form)
        written = text[token.start : token.end].lower().removesuffix("'s").removesuffix("’s")
        # A capital is a name whoever's it is; a place of theirs is refused, for it stands in few reports.
        if sign not in (SOMEBODY, NUMBER, ACCOUNT) and {written, sign} & {*known}:
            raise PhraseError(
                f"“{written}” is a name, number, address or reference of somebody in this report. "
                "Choose words without it, before or after it."
            )
        made.append(sign)
    parts(" ".join(made))
    return " ".join(made)


def identifying(people: Iterable[Row], reports: Iterable[Row] = ()) -> frozenset[str]:
    """Return the words, lower case, by which the people of reports are known: names, places, numbers."""
    values = chain(_values(people, _OF_PERSON), _values(reports, _OF_REPORT))
    found = {w.lower() for value in values for w in _WORD.findall(value)}
    return frozenset(w for w in found if len(w) > 1 and w not in _OF_ANY_ADDRESS)


def _values(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> Iterable[str]:
    for row in rows:
        for column in columns:
            value = row.get(column)
            yield from [value] if isinstance(value, str) else value or ()


def _place(words: str, text: str) -> tuple[int, int]:
    """Where words stand in a text, whatever the blanks and capitals."""
    given = words.split()
    found = re.search(r"\s+".join(re.escape(w) for w in given), text, re.IGNORECASE) if given else None
    if found is None:
        raise PhraseError("These words do not stand in the report as they are. Copy them from it.")
    start, end = found.span()
    # Half a word would be another one.
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end


def _sign(form: str) -> str:
    if form == "name_":
        return NAME
    if is_somebody(form):
        return SOMEBODY
    if form == "@":
        return ACCOUNT
    return NUMBER if is_number(form) else form
