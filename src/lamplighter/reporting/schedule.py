"""The schedule of a course of conduct as a PDF: what a file needs on paper, and no address.

Set with Typst, whose wheel carries the compiler and the fonts: the same input
gives the same bytes on every machine. The PDF is tagged and conforms to
PDF/UA-1, so a screen reader meets headings, and a table with header cells.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal

import typst

from lamplighter.reporting.papers.typesetting import fonts, template
from lamplighter.reporting.words import clock, count, day, listed

WITHHELD = "[address withheld]"
# The footer names the references themselves while they fit on one line.
REFERENCES_IN_FOOTER = 5


@dataclass(frozen=True, slots=True)
class ScheduleOccasion:
    """One line: every field is plain text and is set as such."""

    when: str
    what: str
    recorded_as: str
    agency: str
    reference: str
    account: str = ""
    limbs: str = ""
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class ScheduleFeature:
    """One feature looked for, and what shows it or that nothing recorded does."""

    title: str
    words: str


@dataclass(frozen=True, slots=True)
class CourseSchedule:
    """Everything on the paper.

    ``as_at`` is when the record was read; ``sources`` are the reports'
    references, each with its agency. ``never_print`` holds words that must
    appear nowhere, such as the victim's addresses: :func:`schedule_pdf`
    refuses a schedule that contains one.
    """

    title: str
    reference: str
    sentence: str
    as_at: dt.datetime
    facts: tuple[tuple[str, str], ...]
    occasions: tuple[ScheduleOccasion, ...]
    sources: tuple[str, ...]
    features: tuple[ScheduleFeature, ...] = ()
    notes: tuple[str, ...] = ()
    caution: str = ""
    handling: str = ""
    author: str = "Lamplighter"
    occasions_title: str = "Incidents, in order"
    features_title: str = "What the account shows"
    never_print: tuple[str, ...] = ()


def withhold(text: str, terms: Iterable[str]) -> str:
    """``text`` with each of ``terms`` replaced by '[address withheld]', however it is written."""
    for pattern in _patterns(terms):
        text = pattern.sub(WITHHELD, text)
    return text


def schedule_pdf(schedule: CourseSchedule) -> bytes:
    """Return the PDF. Raises ``ValueError`` when a word that must not be printed is in it."""
    return _compiled(schedule, "pdf")[0]


def schedule_pages(schedule: CourseSchedule, ppi: float = 96) -> list[bytes]:
    """Return the pages as PNG, for looking at."""
    return _compiled(schedule, "png", ppi)


def _compiled(schedule: CourseSchedule, form: Literal["pdf", "png"], ppi: float = 96) -> list[bytes]:
    data = _data(schedule)
    printed = json.dumps(data, ensure_ascii=False)
    for pattern in _patterns(schedule.never_print):
        if pattern.search(printed):
            raise ValueError("The schedule contains words that must not be printed. Withhold them first.")
    compiler = typst.Compiler(template("schedule.typ"), font_paths=fonts())
    made = compiler.compile(
        format=form,
        ppi=ppi if form == "png" else None,
        sys_inputs={"data": printed},
        pdf_standards=["ua-1"] if form == "pdf" else [],
        timestamp=int(schedule.as_at.replace(tzinfo=dt.UTC).timestamp()),
    )
    if made is None:
        raise RuntimeError("The typesetter returned nothing.")
    return [bytes(made)] if isinstance(made, bytes) else [bytes(page) for page in made]


def _data(schedule: CourseSchedule) -> dict[str, object]:
    return {
        "title": schedule.title,
        "author": schedule.author,
        "reference": schedule.reference,
        "handling": schedule.handling,
        "sentence": schedule.sentence,
        "caution": schedule.caution,
        "facts": [list(f) for f in schedule.facts],
        "occasions_title": schedule.occasions_title,
        "occasions": [
            {"number": i, **{f.name: getattr(o, f.name) for f in fields(o)}}
            for i, o in enumerate(schedule.occasions, start=1)
        ],
        "features_title": schedule.features_title,
        "features": [{"title": f.title, "words": f.words} for f in schedule.features],
        "notes": list(schedule.notes),
        # Few references stand at the foot of every page; only when they do not fit there is there a list.
        "sources": list(schedule.sources) if len(schedule.sources) > REFERENCES_IN_FOOTER else [],
        "footer": _footer(schedule),
    }


def _footer(schedule: CourseSchedule) -> str:
    n = len(schedule.sources)
    held = f"as held at {clock(schedule.as_at)} on {day(schedule.as_at)}"
    if 0 < n <= REFERENCES_IN_FOOTER:
        return f"Made from {count(n, 'report')} {held}: {listed(schedule.sources)}."
    return f"Made from {count(n, 'report')}, listed on the last page, {held}."


def _patterns(terms: Iterable[str]) -> list[re.Pattern[str]]:
    """Longest first, so that a whole address goes before the postcode in it."""
    words = {tuple(re.findall(r"\w+", t)) for t in terms}
    ordered = sorted((w for w in words if w), key=lambda w: (-len("".join(w)), w))
    return [re.compile(r"\b" + r"[\W_]*".join(map(re.escape, w)) + r"\b", re.IGNORECASE) for w in ordered]
