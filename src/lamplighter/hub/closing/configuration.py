"""The part of the configuration about dropping a case: evidence, routes of review, time limits."""

from __future__ import annotations

from pathlib import Path

from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.faults import listed
from lamplighter.rule_files.schema import Document, Report, Rows, code, count, origin, text

SHIPPED = Path(__file__).with_name("rules.toml")
PERIODS = ("hours", "days", "working_days")
LIMITS = (
    *("asked", "sign", "override", "review", "summary"),
    *("handover", "outcome", "identity", "authorise", "right"),
)
TITLE = text("title", "Words", longest=200, shown=False)
EVIDENCE = Rows("evidence", "Evidence considered without the victim", (code(), TITLE, *origin()), some=True)
REVIEWS = Rows(
    "review", "How a victim asks for a review", (code(), TITLE, text("about", "About"), *origin()), some=True
)
TIME_LIMITS = Rows(
    "limit",
    "Time limits",
    (
        code(),
        TITLE,
        count("hours", "Within", "hour", most=24 * 60, optional=True),
        count("days", "Within", "day", most=732, optional=True),
        count("working_days", "Within", "working day", most=366, optional=True),
        *origin(),
    ),
    always=LIMITS,
)


def _check(document: Document, report: Report, reading: Reading) -> None:
    for number, row in enumerate(document["limit"], 1):
        given = [name for name in PERIODS if name in row]
        if len(given) != 1:
            what = f"has {listed(given)}." if given else "has no period."
            place = report.row(TIME_LIMITS, number, document["limit"])
            report.add("not_one_period", place, what, f"Give one of {listed(PERIODS)}.")


PART = Part(
    "closing",
    "Dropping a case",
    "What is considered before a case is dropped, by when each step is done, and routes of review.",
    SHIPPED,
    (EVIDENCE, REVIEWS, TIME_LIMITS),
    rules=_check,
    also=("outcomes", "drop"),
)
PARTS = (PART,)
