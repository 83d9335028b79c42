"""Read a search term: a name, and at the same time a telephone, an account, a date of birth."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import polars as pl

from lamplighter.records import canonical
from lamplighter.records.canonical.handles import handle
from lamplighter.records.canonical.phones import phone
from lamplighter.records.canonical.places import postcode
from lamplighter.records.canonical.vehicles import vrm

_MAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}")
_DATE = re.compile(
    r"[0-3]?\d[\s./-](?:[01]?\d|[A-Za-z]{3,9})[\s./-](?:19|20)\d\d|(?:19|20)\d\d-[01]\d-[0-3]\d"
)
_ACCOUNT = re.compile(r"(?:[a-z]{2,20}:|@)[^\s@:]{2,60}", re.IGNORECASE)
_PLACE = re.compile(r"\d[\w/-]{0,5}[\s,]+\w")
_NAME = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Term:
    """A search term read in every way in which it makes sense; empty where it makes none.

    ``mark``: a registration mark. ``account``: a handle without its platform. ``place``: part of an address.
    """

    text: str
    words: tuple[str, ...] = ()
    phone: str = ""
    mail: str = ""
    account: str = ""
    mark: str = ""
    postcode: str = ""
    place: str = ""
    born: dt.date | None = None


def read(typed: str) -> Term:
    """Read what was typed. The result says nothing about whether it is held."""
    text = " ".join(typed.split())
    born = _date(text)
    if born or _MAIL.fullmatch(text):
        return Term(text, born=born, mail="" if born else text.lower())
    plain = handle(text) if _ACCOUNT.fullmatch(text) else None
    return Term(
        text,
        words=tuple(text.split()) if _NAME.search(text) else (),
        phone=(phone(text) or "") if not _NAME.search(text) else "",
        account=plain.partition(":")[2] if plain else (text.lower() if _one_word(text) else ""),
        mark=vrm(text) or "",
        postcode=postcode(text) or "",
        place=text if _PLACE.match(text) else "",
    )


def _one_word(text: str) -> bool:
    return " " not in text and len(text) >= 3


def _date(text: str) -> dt.date | None:
    if not _DATE.fullmatch(text):
        return None
    found = canonical.datetimes(pl.Series([text])).value[0]
    return found.date() if found else None
