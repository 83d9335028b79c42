"""Read how many days without contact or breach, at liberty, stalking is current for: one dated number for
all.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

from lamplighter.rule_files.dated import Rule
from lamplighter.vocabulary import upkeep


@cache
def definitions() -> tuple[Rule, ...]:
    """Return every row of ``current.toml``, in its order."""
    return tuple(upkeep.packaged("lamplighter.vocabulary", "current.toml").rows("current"))


def days(on: dt.date) -> int:
    """Return the number of days that holds on a day; before the first row, that of the first."""
    held = [d for d in definitions() if d.in_force(on)]
    return int((held[-1] if held else definitions()[0]).extra["days"])


def newest() -> Rule:
    """Return the row that was written last."""
    return definitions()[-1]


def newest_days() -> int:
    """Return the number of days of the row that was written last."""
    return int(newest().extra["days"])
