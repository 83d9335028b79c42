"""The schedule of a course of conduct as a PDF: what a file needs on paper, and no address.

Drawn from an outline like every paper: the same input gives the same bytes everywhere. The PDF is tagged
and conforms to PDF/UA-1 and PDF/A-2a, so a screen reader meets headings, and a table with header cells.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from lamplighter.reporting.papers import outline as o
from lamplighter.reporting.papers.tagged_pdf import paper_pages, paper_pdf, settable
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
    return paper_pdf(outline(schedule))


def schedule_pages(schedule: CourseSchedule, ppi: float = 96) -> list[bytes]:
    """Return the pages as PNG, for looking at."""
    return paper_pages(outline(schedule), ppi)


def outline(schedule: CourseSchedule) -> o.Paper:
    """Return its outline. Raises ``ValueError`` when a word that must not be printed is in it."""
    paper = o.Paper(
        title=schedule.title,
        as_at=schedule.as_at.replace(tzinfo=dt.UTC),
        blocks=tuple(_blocks(schedule)),
        reference=schedule.reference,
        handling=schedule.handling,
        foot=_footer(schedule),
    )
    patterns = _patterns(schedule.never_print)
    if any(pattern.search(text) for text in o.texts(paper) for pattern in patterns):
        raise ValueError("The schedule contains words that must not be printed. Withhold them first.")
    return settable(paper)


def _blocks(schedule: CourseSchedule) -> list[o.Block]:
    blocks: list[o.Block] = [o.Text(schedule.sentence, o.LEAD)]
    blocks += [o.Note(schedule.caution)] if schedule.caution else []
    blocks += [o.Facts(schedule.facts), o.Heading(schedule.occasions_title)]
    rows = tuple(_row(n, occasion) for n, occasion in enumerate(schedule.occasions, 1))
    head = ("No.", "When", "What was done, and the words recorded", "Recorded as, by")
    # Dates do not break: the second column holds "30 September 2026".
    blocks.append(o.Table("", head, rows, (1.2, 3.3, 0, 3.7)))
    if schedule.features:
        blocks.append(o.Heading(schedule.features_title))
        blocks += [o.Text(f"{f.title}. {f.words}") for f in schedule.features]
    if schedule.notes:
        blocks += [o.Heading("How this was put together"), *map(o.Text, schedule.notes)]
    # Few references stand at the foot of every page; only when they do not fit there is there a list.
    if len(schedule.sources) > REFERENCES_IN_FOOTER:
        blocks += [o.Heading("Reports it is made from"), o.Points(schedule.sources)]
    return blocks


def _row(number: int, occasion: ScheduleOccasion) -> tuple[o.Cell, ...]:
    what = [o.Run(occasion.what, o.STRONG)]
    what += [o.Run(occasion.limbs, o.SOFT)] if occasion.limbs else []
    what += [o.Run(occasion.account)] if occasion.account else []
    what += [o.Run(occasion.attribution, o.QUOTE)] if occasion.attribution else []
    whose = (o.Run(occasion.recorded_as), o.Run(occasion.agency, o.SOFT), o.Run(occasion.reference, o.SOFT))
    return o.cell(str(number)), o.cell(occasion.when), tuple(what), whose


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
