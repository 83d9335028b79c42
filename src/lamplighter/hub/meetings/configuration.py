"""The part of the configuration that is about the hub's meeting."""

from __future__ import annotations

from pathlib import Path

from lamplighter.hub.site.config_files.part import Part
from lamplighter.rule_files.schema import Rows, code, count, origin, text

SHIPPED = Path(__file__).with_name("rules.toml")
LIMITS = ("cadence", "returns", "expiring", "escalated")
PART = Part(
    "meetings",
    "The hub’s meeting",
    "How often the hub meets, when returns are sent, how far ahead its agenda looks, and what is put before "
    "the chair.",
    SHIPPED,
    (
        Rows(
            "limit",
            "Days",
            (
                code(),
                text("title", "Words", longest=150, shown=False),
                count("days", "For", "day", most=92),
                *origin(),
            ),
            # The software itself asks for these.
            always=LIMITS,
        ),
    ),
    also=("meeting", "agenda"),
)
PARTS = (PART,)
