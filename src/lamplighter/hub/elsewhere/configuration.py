"""The part of the configuration about the national index: the hub's name there, and times."""

from __future__ import annotations

import re
from pathlib import Path

from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.faults import quoted
from lamplighter.rule_files.schema import Document, Report, Rows, code, count, origin, text

SHIPPED = Path(__file__).with_name("rules.toml")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
TIMES = ("news", "asked")
INDEX = Rows("index", "The national index", (code(), text("title", "Known there as", longest=60), *origin()))
TIME = Rows(
    "time",
    "Times",
    (
        code(),
        text("title", "Task", longest=120),
        count("working_days", "Within", "working day", most=60),
        *origin(),
    ),
    some=True,
)


def _check(document: Document, report: Report, reading: Reading) -> None:
    for number, row in enumerate(document["index"], 1):
        if not NAME.fullmatch(row["title"]):
            place = f"{report.row(INDEX, number, document['index'])}, key title"
            what = f"{quoted(row['title'])} is no name of a hub."
            report.add("no_name", place, what, "Use lowercase letters, digits and dashes, 60 at most.")
    missing = sorted(set(TIMES) - {row["code"] for row in document["time"]})
    if missing:
        what = f"No time for {' and '.join(quoted(name) for name in missing)}."
        report.add("time_missing", "[[time]]", what, "Add a row with this code.")


PART = Part(
    "elsewhere",
    "This hub and the national index",
    "The hub's name with the national index, and how fast what it says is read and asked about.",
    SHIPPED,
    (INDEX, TIME),
    rules=_check,
    also=("national_index", "known_elsewhere", "index"),
)
PARTS = (PART,)
