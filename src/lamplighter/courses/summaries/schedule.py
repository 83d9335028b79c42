"""The schedule of a course of conduct as data: a row an occasion, every account of it with its reference."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from lamplighter.courses.results import CourseResult
from lamplighter.courses.words import day, listed
from lamplighter.records.schema import Bundle
from lamplighter.vocabulary.codes import code_set


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One occasion. Text as it will be printed; the addresses in ``account`` are the reports' own words."""

    number: int
    at: dt.datetime | None
    when: str
    precision: str
    acts: tuple[str, ...]
    limbs: tuple[str, ...]
    channels: tuple[str, ...]
    recorded_as: tuple[str, ...]
    evidence: tuple[str, ...]
    account: tuple[str, ...]
    impact: tuple[str, ...]
    attribution: str
    reversed: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """Rows in order, the features with their words, and when the record was read."""

    course_id: str
    as_at: dt.datetime
    rows: tuple[ScheduleRow, ...]
    features: tuple[tuple[str, bool, str], ...]


_EVIDENCE = {
    "screenshot": "screenshots",
    "cctv": "CCTV",
    "body worn": "body-worn video",
    "voice note": "voice note",
    "voicemail": "voicemail",
    "photograph": "photographs",
    "statement": "statement",
    "witness": "witness",
    "letter": "letter",
    "camera": "camera",
}
_NO_EVIDENCE = ("no cctv", "no witness", "does not wish to make a statement", "cctv enquiries to be made")


def schedule(result: CourseResult, bundle: Bundle, course_id: str, as_at: dt.datetime) -> Schedule:
    """The schedule of one course.

    Raises:
        KeyError: there is no such course in the result.
    """
    occasions = result.occasions.filter(pl.col("course_id") == course_id)
    if occasions.is_empty():
        raise KeyError(f"There is no course {course_id!r} in this result")
    reports = {
        r["report_id"]: r
        for r in bundle["reports"]
        .filter(pl.col("report_id").is_in(occasions["report_id"].implode()))
        .iter_rows(named=True)
    }
    behaviours, channels, groups = code_set("behaviours"), code_set("channels"), code_set("offence_groups")
    rows = []
    for (number,), part in occasions.group_by(["occasion_no"], maintain_order=True):
        accounts = part.to_dicts()
        first = accounts[0]
        told = [reports[a["report_id"]] for a in accounts]
        rows.append(
            ScheduleRow(
                number=int(str(number)),
                at=first["at"],
                when=when(first["at"], first["until"], first["precision"]),
                precision=first["precision"],
                acts=tuple(dict.fromkeys(behaviours.title(b) for a in accounts for b in a["acts"])),
                limbs=tuple(sorted({x for a in accounts for x in a["limbs"]})),
                channels=tuple(dict.fromkeys(channels.title(c) for a in accounts for c in a["channels"])),
                recorded_as=tuple(
                    dict.fromkeys(groups.title(a["recorded_as"]) for a in accounts if a["recorded_as"])
                ),
                evidence=tuple(dict.fromkeys(e for r in told for e in evidence_noted(r["summary"]))),
                account=tuple(dict.fromkeys(r["summary"] for r in told if r["summary"])),
                impact=tuple(dict.fromkeys(r["impact"] for r in told if r["impact"])),
                attribution=first["attribution"],
                reversed=first["reversed"],
            )
        )
    found = result.findings.filter(
        (pl.col("course_id") == course_id) & pl.col("rule_id").str.starts_with("four.")
    )
    features = tuple(found.select("title", "met", "words").iter_rows())
    return Schedule(course_id, as_at, tuple(rows), features)


def when(at: dt.datetime | None, until: dt.datetime | None, precision: str) -> str:
    """The date in words, no more exact than it is known."""
    if at is None:
        return "date not known"
    if precision == "exact":
        return f"{day(at)}, {at:%H:%M}"
    if precision == "month":
        return f"{at:%B %Y}"
    if precision == "year":
        return f"{at:%Y}"
    if precision == "range" and until is not None and until.date() > at.date():
        return f"between {day(at)} and {day(until)}"
    if precision == "not_known":
        return f"reported on {day(at)}; day not known"
    return day(at)


def evidence_noted(summary: str | None) -> list[str]:
    """Kinds of evidence that the words mention as kept."""
    text = (summary or "").lower()
    for phrase in _NO_EVIDENCE:
        text = text.replace(phrase, "")
    return [title for word, title in _EVIDENCE.items() if word in text]


def one_line(row: ScheduleRow) -> str:
    """A row in one sentence, for lists read aloud."""
    acts = listed([a[0].lower() + a[1:] for a in row.acts]) or "what was done is not recorded"
    return f"{row.number}. {row.when}: {acts}; recorded as {listed(list(row.recorded_as)) or 'nothing'}."
