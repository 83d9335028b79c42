"""A register of disclosures as a PDF: who let what kind of thing cross to whom, and on what basis.

Set with Typst like the schedule: the same input gives the same bytes, tagged and conforming to PDF/UA-1.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from lamplighter.reporting.papers.typesetting import pdf
from lamplighter.reporting.words import clock, count, day


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One disclosure; every field is plain text and is set as such. ``reference`` is the case's, if known."""

    when: str
    who: str
    what: str
    to: str
    basis: str
    standing: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class DisclosureRegister:
    """Everything on the paper. ``as_at`` (aware) is when the register was read."""

    title: str
    reference: str
    sentence: str
    as_at: dt.datetime
    lines: tuple[RegisterLine, ...]
    handling: str = ""
    author: str = "Lamplighter"


def register_pdf(register: DisclosureRegister) -> bytes:
    """Return the register on A4, landscape."""
    data = {
        "title": register.title,
        "author": register.author,
        "reference": register.reference,
        "handling": register.handling,
        "sentence": register.sentence,
        "lines": [asdict(line) for line in register.lines],
        "footer": f"{count(len(register.lines), 'line')}, as held at {clock(register.as_at)} on "
        f"{day(register.as_at)}.",
    }
    return pdf("register.typ", data, register.as_at)
