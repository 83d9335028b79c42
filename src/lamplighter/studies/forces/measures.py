"""Measures by which forces are compared, as cards that can be read, reviewed and changed without code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from lamplighter.vocabulary.upkeep import packaged


@dataclass(frozen=True, slots=True)
class Measure:
    """One card. A measure without ``outcomes`` is a rate for every 1,000 crimes of all kinds."""

    name: str
    title: str
    outcomes: tuple[str, ...]
    basis: str
    of: str
    gate: bool
    why: str
    gaming: str
    paired: str
    must_not: str

    @property
    def is_rate(self) -> bool:
        return not self.outcomes


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of the gate and of the page."""

    open_share: float
    fewest: int
    quarter_expected: float
    page_level: float
    winsorised: float
    inner: float
    outer: float
    intervals: float


@cache
def measures(*, of_reports: bool = False) -> tuple[Measure, ...]:
    """Return the cards in the order of the page; ``of_reports``: in words for reports of stalking.

    Raises:
        UpkeepError, RuleFileError: the file of the cards is not as it should be.
    """
    rows = packaged("lamplighter.studies.forces", "measures.toml").body["measure"]
    if of_reports:
        rows = [{k: _of_reports(v) if k in _WORDS else v for k, v in row.items()} for row in rows]
    return tuple(Measure(**(row | {"outcomes": tuple(row["outcomes"])})) for row in rows)


#: What of a card is read by people.
_WORDS = ("title", "of", "why", "gaming", "must_not")


def _of_reports(text: str) -> str:
    return text.replace("crime", "report").replace("Crime", "Report")


@cache
def settings() -> Settings:
    """Return the limits as shipped."""
    return Settings(**packaged("lamplighter.studies.forces", "measures.toml").body["settings"])
