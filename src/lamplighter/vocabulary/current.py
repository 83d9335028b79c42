"""Read how many days without contact or breach, at liberty, stalking is current for: one dated number for
all.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

from lamplighter.vocabulary import upkeep


@dataclass(frozen=True, slots=True)
class Definition:
    """``days`` holds from ``valid_from`` until ``valid_until`` (exclusive)."""

    days: int
    valid_from: dt.date
    valid_until: dt.date | None
    mark: str
    source: str


@cache
def definitions() -> tuple[Definition, ...]:
    """Return every row of ``current.toml``, in its order."""
    rows = upkeep.packaged("lamplighter.vocabulary", "current.toml").body["current"]
    return tuple(Definition(r["days"], r["from"], r.get("until"), r["mark"], r["source"]) for r in rows)


def days(on: dt.date) -> int:
    """Return the number of days that holds on a day; before the first row, that of the first."""
    held = [d for d in definitions() if d.valid_from <= on and (d.valid_until is None or on < d.valid_until)]
    return (held[-1] if held else definitions()[0]).days


def newest() -> Definition:
    """Return the row that was written last."""
    return definitions()[-1]
