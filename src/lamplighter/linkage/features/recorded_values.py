"""Take one recorded value apart: the dwelling in an address, the parts of a postcode or a mark.

Names have a module of their own (:mod:`lamplighter.linkage.features.names`).
"""

from __future__ import annotations

import re

from lamplighter.linkage.features.names import folded

_STREETS = {
    "road": "rd", "street": "st", "avenue": "ave", "av": "ave", "lane": "ln", "close": "cl",
    "crescent": "cres", "court": "ct", "drive": "dr", "gardens": "gdns", "place": "pl", "terrace": "ter",
    "square": "sq", "grove": "gr", "way": "wy", "apartment": "flat", "apt": "flat", "unit": "flat",
    "boulevard": "blvd", "highway": "hwy", "parkway": "pkwy", "north": "n", "south": "s", "east": "e",
    "west": "w",
}  # fmt: skip
_KINDS = frozenset(_STREETS.values()) - {"flat", "n", "s", "e", "w"}
# Each is written so that a text is gone through once: from its first number, or from the last behind which
# there is none, not from every one.
_UP_TO_THE_KIND = re.compile(rf"^([^\d\n]*+\d.*?\b(?:{'|'.join(sorted(_KINDS))})\b)")
_TOKENS = re.compile(r"[^\W\d_]+|\d+[a-z]?")
_NUMBERED = re.compile(r"^(.*\d[^\W\d]*+)(?=\D*+\Z)\s+(\D+)\Z")
_NUMBERED_AFTER = re.compile(r"^(\D+)\s(\d.*)$")
_FULL_MARK = re.compile(r"^(?:[A-Z]{2}\d{2}[A-Z]{3}|[A-Z]\d{1,3}[A-Z]{3}|[A-Z]{3}\d{1,3}[A-Z])$")
_POSTCODE = re.compile(r"^([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})?$")
_ZIP = re.compile(r"^(\d{3,5})\d{0,2}(?:-\d{4})?$")


def dwelling(address: str) -> str | None:
    """Return a key for the dwelling: flat, house number and street, abbreviated alike; ``None`` without a
    number. The town is left out, since one system writes it in the line and another does not."""
    parts = [p.strip() for p in folded(address).replace(".", " ").split(",") if p.strip()]
    kept: list[str] = []
    for part in parts:
        tokens = [_short(t) for t in _TOKENS.findall(part)]
        if any(t[0].isdigit() for t in tokens):
            kept.append(" ".join(tokens[:5]))
    if not kept:
        return None
    line = " ".join(kept)
    # 'flat 4 23 cromwell ter stowbridge': cut after the kind of street, where one is given.
    found = _UP_TO_THE_KIND.match(line)
    return found[1] if found else line


def _short(token: str) -> str:
    """Return a word of an address as it is abbreviated; in German the kind of street is part of its name."""
    return _STREETS.get(token) or (token.removesuffix("asse") if token.endswith("strasse") else token)


def house_of(home: str) -> str | None:
    """Return the numbers of a dwelling: 'flat 4 23 cromwell ter' gives 'flat 4 23'."""
    return _apart(home)[0]


def street_of(home: str) -> str | None:
    """Return the street of a dwelling: 'flat 4 23 cromwell ter' gives 'cromwell ter'."""
    return _apart(home)[1]


def _apart(home: str) -> tuple[str | None, str | None]:
    """The numbers and the street of a dwelling, whichever stands first."""
    if found := _NUMBERED.match(home):
        return found[1], found[2]
    if found := _NUMBERED_AFTER.match(home):
        return found[2], found[1]
    return None, None


def street(text: str) -> str | None:
    """Return a street that stands in a field of its own, its kind abbreviated alike."""
    return " ".join(_short(t) for t in _TOKENS.findall(folded(text))) or None


def postcode(text: str) -> str | None:
    """Return a whole postcode in one form, 'AB1 2CD'; ``None`` for a part of one. Codes that are not British
    are taken as they are."""
    plain = text.strip().upper()
    found = _POSTCODE.match(plain)
    if found:
        return f"{found[1]} {found[2]}" if found[2] else None
    return re.sub(r"[^A-Z0-9]", "", plain) or None


def outward(text: str) -> str | None:
    """Return the first part of a postcode, 'AB1'; of a numeric code its first three digits."""
    plain = text.strip().upper()
    found = _POSTCODE.match(plain)
    if found:
        return found[1]
    numeric = _ZIP.match(plain)
    return numeric[1][:3] if numeric else None


def place(text: str) -> str | None:
    """Return a town or another name of a place, without case and marks."""
    return " ".join(re.findall(r"[^\W_]+", folded(text))) or None


def is_full_mark(mark: str) -> bool:
    """Tell whether a registration mark is a whole one."""
    return _FULL_MARK.match(mark) is not None


def mark_ends(mark: str) -> list[str]:
    """Beginnings and ends, from three characters on, of a mark: a part of one is whichever was seen."""
    plain = mark.rstrip("*")
    lengths = range(3, len(plain) + 1)
    return [*(plain[:n] for n in lengths), *(plain[-n:] for n in lengths if n < len(plain))]


def plain(text: str) -> str | None:
    """Any other text without case, marks and double spaces."""
    return " ".join(re.findall(r"[^\W_]+", folded(text))) or None
