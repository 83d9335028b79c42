"""The part of the configuration that says what is seen to when somebody of an agency is reported, by when."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.workforce.models import Marker
from lamplighter.rule_files.schema import Rows, Value, code, count, origin, text

SHIPPED = Path(__file__).with_name("standards.toml")
NAME_TEAM = "name_team"
CHECK_END = "check_end"


def _sectors() -> Mapping[str, str]:
    return {value: str(label) for value, label in Marker.Sector.choices}


PART = Part(
    "staff_reported",
    "Staff who are reported",
    "What is done when the suspect works for an agency, and by when.",
    SHIPPED,
    (
        Rows(
            "step",
            "Professional-standards route",
            (
                code(),
                text("title", "What is done", longest=200),
                text("about", "How"),
                Value("sectors", "Where the person works for", many=True, one_of=_sectors),
                count("hours", "Within", "hour", most=24 * 60),
                *origin(),
            ),
        ),
        Rows(
            "limit",
            "Time limits",
            (
                code(),
                text("title", "Words", longest=200),
                count("hours", "Within", "hour", most=24 * 60),
                *origin(),
            ),
            # The software itself starts these.
            always=(NAME_TEAM, CHECK_END),
        ),
    ),
    also=("workforce", "standards"),
)
PARTS = (PART,)
