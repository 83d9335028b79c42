"""The part of the configuration that is about new reports on a case: what it shows of them, and by when."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.site.config_files.part import Part
from lamplighter.rule_files.schema import Rows, Value, code, count, origin, text

SHIPPED = Path(__file__).with_name("rules.toml")
RECORDED_AS = "recorded_as"
ACTS = "acts"
SHOWS = {RECORDED_AS: "What it was recorded as", ACTS: "What was done, and whether an order was breached"}
READ = "new_report"
RISK = "risk_after_report"


def _kinds() -> Mapping[str, str]:
    return {kind.value: kind.label for kind in Agency.Kind}


TITLE = text("title", "Words", longest=200, shown=False)
PART = Part(
    "reports",
    "Reports on a case",
    "What everybody on a case reads of the reports about its two people, and by when they look at a new one.",
    SHIPPED,
    (
        Rows(
            "shows",
            "What a case shows of a report",
            (
                code(),
                TITLE,
                Value("kinds", "Sent by", many=True, one_of=_kinds),
                Value("shows", "Shows", many=True, one_of=lambda: SHOWS, may_be_empty=True),
                *origin(),
            ),
        ),
        Rows(
            "limit",
            "Time limits",
            (code(), TITLE, count("days", "Within", "day", most=366), *origin()),
            # The software itself starts these.
            always=(READ, RISK),
        ),
    ),
    also=("case_reports", "arrivals"),
)
PARTS = (PART,)
