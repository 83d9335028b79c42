"""The part of the configuration that is about the rights of people in the records, and retention."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.faults import quoted
from lamplighter.rule_files.schema import (
    Document,
    Report,
    Rows,
    Value,
    code,
    count,
    first_day,
    holds,
    origin,
    text,
    turns,
)

SHIPPED = Path(__file__).with_name("rules.toml")
NOT_DECIDED = "not_decided"
REQUEST_MONTHS = 36
TITLE = text("title", "Words", longest=200, shown=False)


def _kinds() -> Mapping[str, str]:
    return dict(Agency.Kind.choices)


ANSWER = Rows(
    "answer",
    "A request for one’s own data",
    (
        code(),
        TITLE,
        # The law's own month. An extension is a decision about one request.
        count("months", "To be answered within", "month", most=1),
        count("decide_days", "Owners of records decide within", "day", most=28),
        count("extend_months", "May be put off by", "month", most=2, optional=True),
        *origin(),
    ),
    single=True,
)
EXEMPTIONS = Rows(
    "exemption",
    "Why something is withheld",
    (
        code(),
        TITLE,
        Value("by_service", "Set by the software, not chosen", of=bool, optional=True),
        *origin(),
    ),
    # What the service itself gives where nobody decided.
    always=(NOT_DECIDED,),
)
REQUEST_KEPT = Rows(
    "request_kept",
    "How long it is kept who asked, after the answer",
    (code(), TITLE, count("months", "Taken out after", "month", most=120), *origin()),
    single=True,
    # A hub whose file was written before this table was keeps to REQUEST_MONTHS.
    optional=True,
)
EARLY = Rows(
    "early",
    "Why records may be erased before that time is over",
    (code(), TITLE, *origin()),
    # A hub whose file was written before this table was has no such reason, and nothing goes early.
    optional=True,
)
STARTS: Mapping[str, str] = {
    "case": "The day on which the case ended",
    "person": "The day on which the suspect last came to notice, in any case or report",
}
PERIODS = Rows(
    "period",
    "How long records are kept after the case has ended",
    (
        code(),
        TITLE,
        Value("kind", "For agencies of the kind", one_of=_kinds),
        count("years", "Kept for", "year", most=100),
        Value("counts", "Counted from", one_of=lambda: STARTS, optional=True),
        Value("mappa", "The only one for whoever is or was managed under MAPPA", of=bool, optional=True),
        *origin(),
    ),
)


def _check(document: Document, report: Report, reading: Reading) -> None:
    _periods(document, report)
    rows = document["exemption"]
    for number, row in enumerate(rows, 1):
        if row["code"] == NOT_DECIDED and not row.get("by_service"):
            what = f"{quoted(NOT_DECIDED)} is what the software gives where nobody decided in time."
            report.add("unsafe", report.row(EXEMPTIONS, number, rows), what, "Write by_service = true.")
    chosen = [row for row in rows if not row.get("by_service")]
    for day in turns(rows, first_day((PART.shipped_document() or {})["exemption"])):
        if not any(holds(row, day) for row in chosen):
            what = f"from {day} on there is no row to choose."
            report.add("nothing_to_choose", "[[exemption]]", what, "Let a row hold from that day.")
            break


def _periods(document: Document, report: Report) -> None:
    """Records of every kind of agency have a period on each day; without one nobody could say what is due."""
    rows = document["period"]
    since = first_day((PART.shipped_document() or {})["period"])
    for kind in Agency.Kind:
        for day in turns(rows, since):
            if not any(row["kind"] == kind and holds(row, day) for row in rows):
                report.add(
                    "no_period",
                    "[[period]]",
                    f"from {day} on no row says how long agencies of the kind {quoted(kind.value)} keep "
                    "records.",
                    "Let a row of that kind hold from that day.",
                )
                break


PART = Part(
    "rights",
    "Rights and retention",
    "How soon people get their own data, why something may be withheld, and how long each kind of agency "
    "keeps records.",
    SHIPPED,
    (ANSWER, EXEMPTIONS, REQUEST_KEPT, EARLY, PERIODS),
    rules=_check,
    also=("retention",),
)
PARTS = (PART,)
