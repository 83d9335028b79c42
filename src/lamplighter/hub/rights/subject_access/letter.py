"""The answer to a person who asked, as a ZIP of a letter and what they get.

The letter says the same words to everybody. Nothing in it, in its size or in
the names of the files depends on whether a record was found and withheld or
there never was one.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from lamplighter.reporting.words import day

WORDS = (
    "You asked what personal data is held about you.",
    "What can be given to you is in the files items.html and items.csv. When they list nothing, nothing can "
    "be given to you.",
    "The law allows, and sometimes requires, that personal data is not given: for example where it is about "
    "somebody else, or where giving it would prejudice the prevention or detection of crime, or could harm "
    "somebody. Every answer that we send says this in the same words. It neither confirms nor denies that "
    "anything else is held, or that anybody else has been in touch with us.",
    "You can ask us to look at this again. You can complain to the Information Commissioner, and you can ask "
    "a court to decide.",
)
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the only time in the archive: it says nothing


@dataclass(frozen=True, slots=True)
class Given:
    """One item that the person gets: a heading and words that its owner wrote for them."""

    agency: str
    title: str
    text: str


def letter(name: str, agency: str, on: dt.date) -> str:
    """The letter, in HTML. Only the person, the agency and the date differ between two answers."""
    paragraphs = "".join(f"<p>{escape(words)}</p>\n" for words in WORDS)
    return _page(
        "Answer to your request",
        f"<p>{escape(agency)}<br>{day(on)}</p>\n<p>To {escape(name)}</p>\n{paragraphs}",
    )


def more_time(name: str, agency: str, on: dt.date, *, asked: str, why: str, due: dt.date) -> str:
    """Return the letter that asks what the person means (``asked``), or says why it takes longer."""
    if asked:
        told = [
            "You asked what personal data is held about you. We need to know more about what you mean "
            "before we can answer.",
            asked,
            "The time that we have to answer goes on when you have told us.",
        ]
    else:
        told = [
            "You asked what personal data is held about you. The answer takes us longer than one month.",
            why,
            f"You will have it by {day(due)}.",
        ]
    told.append("You can complain to the Information Commissioner, and you can ask a court to decide.")
    paragraphs = "".join(f"<p>{_lines(words)}</p>\n" for words in told)
    head = f"<p>{escape(agency)}<br>{day(on)}</p>\n<p>To {escape(name)}</p>\n"
    return _page("Your request for personal data", f"{head}{paragraphs}")


def items_page(given: Sequence[Given]) -> str:
    parts = "".join(
        f"<h2>{escape(item.title)}</h2>\n<p>From {escape(item.agency)}</p>\n<p>{_lines(item.text)}</p>\n"
        for item in given
    )
    return _page("What can be given to you", parts or "<p>Nothing.</p>\n")


def items_table(given: Sequence[Given]) -> str:
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(["from", "heading", "words"])
    writer.writerows([_cell(item.agency), _cell(item.title), _cell(item.text)] for item in given)
    return made.getvalue()


def pack(name: str, agency: str, on: dt.date, given: Sequence[Given]) -> bytes:
    """The ZIP. The same input gives the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for file, text in (
            ("letter.html", letter(name, agency, on)),
            ("items.html", items_page(given)),
            ("items.csv", items_table(given)),
        ):
            archive.writestr(zipfile.ZipInfo(file, EARLIEST), text.encode())
    return made.getvalue()


def _page(title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head>\n"
        f"<body><main>\n<h1>{escape(title)}</h1>\n{body}</main></body></html>\n"
    )


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")


def _cell(text: str) -> str:
    """A spreadsheet must not read somebody's words as a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
