"""The part of the configuration about lines of enquiry: which there are, and what each act calls for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.faults import listed, quoted
from lamplighter.rule_files.reading import at
from lamplighter.rule_files.schema import Document, Report, Rows, Value, code, count, origin, text
from lamplighter.vocabulary.codes import code_set

SHIPPED = Path(__file__).with_name("rules.toml")
PLAN, SOON = "plan", "soon"
# The sides that do enquiries; nobody there works with the suspect.
WHOSE = {Agency.Kind.POLICE.value: "The police", Agency.Kind.ADVOCACY.value: "The victim’s advocate"}


def _acts() -> Mapping[str, str]:
    return {row.code: row.title for row in code_set("behaviours").codes.values()}


@cache
def _lines() -> Mapping[str, str]:
    """Return the titles of the lines that are shipped; one of a hub's own file stands by its code."""
    return {row["code"]: row["title"] for row in at(SHIPPED)["line"]}


TITLE = text("title", "Words", longest=200, shown=False)
LINES = Rows(
    "line",
    "Lines of enquiry",
    (
        code(),
        TITLE,
        text("ask", "What to do"),
        Value("whose", "Whose it is", one_of=lambda: WHOSE),
        text("lost", "What is lost by waiting"),
        count("kept_days", "Held for about", "day", most=3_660, optional=True),
        Value("each", "Every act calls for it", bool, optional=True),
        count("working_days", "Done within", "working day", most=366),
        *origin(),
    ),
    some=True,
)
ACTS = Rows(
    "act",
    "What each act calls for",
    (
        Value("code", "Act", one_of=_acts, shown=False),
        TITLE,
        Value("lines", "Calls for", many=True, words=_lines),
        *origin(),
    ),
    some=True,
)
LIMITS = Rows(
    "limit",
    "Time limits",
    (
        code(),
        TITLE,
        count("working_days", "Within", "working day", most=366, optional=True),
        count("days", "Days before", "day", most=366, optional=True),
        *origin(),
    ),
    always=(PLAN, SOON),
)


def _check(document: Document, report: Report, reading: Reading) -> None:
    held = {row["code"] for row in document["line"]}
    for number, row in enumerate(document["act"], 1):
        for name in sorted({*row["lines"]} - held):
            report.add(
                "no_such_line",
                f"{report.row(ACTS, number, document['act'])}, key lines",
                f"{quoted(name)} is no line of enquiry.",
                f"Name codes of [[line]]: {listed(sorted(held))}.",
            )
    wanted = {PLAN: "working_days", SOON: "days"}
    for number, row in enumerate(document["limit"], 1):
        key = wanted.get(row["code"])
        if key and key not in row:
            place = report.row(LIMITS, number, document["limit"])
            report.add("not_one_period", place, f"has no {key}.", f"Give {key}.")


PART = Part(
    "enquiries",
    "Lines of enquiry",
    "Which lines of enquiry each act calls for, what is lost by waiting, and by when they are done.",
    SHIPPED,
    (LINES, ACTS, LIMITS),
    rules=_check,
    also=("lines", "enquiry"),
)
PARTS = (PART,)
