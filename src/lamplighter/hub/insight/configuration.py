"""The part of the configuration that is about reviews of how reports were answered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lamplighter.disclosure import profiles
from lamplighter.hub.site.config_files.part import Part
from lamplighter.rule_files.schema import Rows, Value, count, origin

SHIPPED = Path(__file__).with_name("rules.toml")
# A review of fewer cases would tell a single victim's confidence.
FEWEST = 5
MARK = origin()[:1]


def _profiles() -> Mapping[str, str]:
    return {profile.name: profile.title for profile in profiles.every()}


def _one(name: str, title: str, *values: Value, optional: bool = False) -> Rows:
    return Rows(name, title, (*values, *MARK), code="", heading="", single=True, optional=optional)


PART = Part(
    "reviews",
    "Reviews of the hub",
    "How many cases a review needs, how long its data is kept, and by which rules a release is protected.",
    SHIPPED,
    (
        _one(
            "fewest_cases",
            "Cases that a review of the hub’s own work needs",
            count("cases", "At least", "case", least=FEWEST, most=10_000),
        ),
        _one(
            "bundle_days",
            "How long the data of a review is kept",
            count("days", "Removed after", "day", most=365),
        ),
        _one(
            "most_unique",
            "Reports that may stand alone in data that leaves the hub",
            count("percent", "At most", "per cent", "per cent", least=0, most=50),
            optional=True,
        ),
        _one(
            "publication_due",
            "When the hub’s pack of indicators is to be published",
            count("months", "A pack is of", "month", most=60),
            count("days", "Published after the end of the period, within", "day", most=1000),
            optional=True,
        ),
        _one(
            "profile",
            "Rules that a release is protected by",
            Value("name", "Unless another is chosen", one_of=_profiles),
        ),
    ),
    also=("insight",),
)
PARTS = (PART,)
