"""The part of the configuration that is about the check on the victim's side and about warnings."""

from __future__ import annotations

from pathlib import Path

from lamplighter.hub.site.config_files.part import Part
from lamplighter.rule_files.schema import Rows, code, count, origin, text

SHIPPED = Path(__file__).with_name("rules.toml")
LIMITS = (
    *("check_before", "check_begun", "check_end"),
    *("find_advocate", "overdue", "warning_now", "warning_later"),
)
TITLE = text("title", "Words", longest=150, shown=False)
PART = Part(
    "safeguarding",
    "Safety checks and warnings",
    "When an advocate signs a check of direct work, when a warning is acted on, and its legal bases.",
    SHIPPED,
    (
        Rows(
            "limit",
            "Time limits",
            (code(), TITLE, count("hours", "Within", "hour", most=24 * 14), *origin()),
            # The software itself starts these.
            always=LIMITS,
        ),
        Rows(
            "counts",
            "How long a signed check counts",
            (code(), TITLE, count("days", "For", "day", most=366), *origin()),
            single=True,
        ),
        Rows(
            "basis",
            "Legal bases of a warning",
            (code(), TITLE, text("hint", "Hint", longest=300, optional=True), *origin()),
            some=True,
        ),
    ),
    also=("warnings", "safety_check"),
)
PARTS = (PART,)
