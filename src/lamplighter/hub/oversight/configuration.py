"""The part of the configuration that is about emergency access to restricted information."""

from __future__ import annotations

from pathlib import Path

from lamplighter.hub.access.wall.partitions import AREAS
from lamplighter.hub.access.wall.row_security import LONGEST_GLASS
from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.schema import (
    Document,
    Group,
    Report,
    Rows,
    Value,
    count,
    origin,
    settled,
    text,
)

SHIPPED = Path(__file__).with_name("glass.toml")
# Minutes. The database lets nobody look for longer.
LONGEST = 60 * int(LONGEST_GLASS.removesuffix(" hours"))


def _check(document: Document, report: Report, reading: Reading) -> None:
    if document["minutes"] != sorted(document["minutes"]):
        report.add("not_in_order", "key minutes", "the times are not in order.", "Sort them.")


PART = Part(
    "emergency_access",
    "Emergency access",
    "For how long somebody can look at restricted information in an emergency, and by when it is reviewed.",
    SHIPPED,
    (
        *settled(),
        Value(
            "minutes",
            "Can be opened for",
            of=int,
            many=True,
            least=1,
            most=LONGEST,
            unit=("minute", "minutes"),
        ),
        count("review_within_hours", "Reviewed within", "hour", most=24 * 14),
        Group(
            "words",
            "What can be opened, as people read it",
            tuple(Value(name, name.capitalize(), longest=150) for name in AREAS),
        ),
        Rows(
            "regime",
            "The law under which what can be opened is held",
            (
                Value("code", "Code", one_of=lambda: dict.fromkeys(AREAS, ""), shown=False),
                text("title", "Words", longest=300, shown=False),
                *origin(),
            ),
        ),
    ),
    rules=_check,
    also=("glass",),
)
PARTS = (PART,)
