"""The part of the configuration that is about improvement actions."""

from __future__ import annotations

from pathlib import Path

from lamplighter.hub.site.config_files.part import Part
from lamplighter.rule_files.schema import Rows, code, count, origin, text

SHIPPED = Path(__file__).with_name("rules.toml")
LIMITS = ("escalated", "check", "look", "answer")
PART = Part(
    "improvement",
    "Improvement actions",
    "By when a finding is checked and what is said to be done is looked at, and who learns what is late.",
    SHIPPED,
    (
        Rows(
            "limit",
            "Working days",
            (
                code(),
                text("title", "Words", longest=150, shown=False),
                count("days", "Within", "working day", most=60),
                *origin(),
            ),
            # The software itself asks for these.
            always=LIMITS,
        ),
    ),
    also=("improvements",),
)
PARTS = (PART,)
