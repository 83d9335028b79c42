"""The part of the configuration that is about tasks that are long overdue."""

from __future__ import annotations

from pathlib import Path

from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.schema import Document, Report, Value, count, is_kind, settled

SHIPPED = Path(__file__).with_name("overdue.toml")
NOTICE = "overdue_notice"


def _check(document: Document, report: Report, reading: Reading) -> None:
    if NOTICE not in document["not_of"]:
        report.add(
            "unsafe",
            "key not_of",
            f"“{NOTICE}” is missing: a notice would be told of by another notice, without end.",
            f'Write not_of = ["{NOTICE}"].',
        )


PART = Part(
    "overdue",
    "Overdue tasks",
    "After how long somebody else is told that a task is overdue, and how long they then have.",
    SHIPPED,
    (
        *settled(),
        count("told_after_hours", "The team is told after", "hour", most=24 * 60),
        count("then_within_hours", "And then has", "hour", most=24 * 60),
        # Kinds of tasks are the software's own words.
        Value("not_of", "Never told of", many=True, shape=is_kind, shown=False),
    ),
    rules=_check,
)
PARTS = (PART,)
