"""Give the rates as official statistics print them: twelve months, and a waiting period for proof.

The Ministry of Justice counts who offended again within 12 months of the index date and was proven to have
done so within those 12 months or 6 more. Where courts take longer than the waiting period, people are never
counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.errors import OptionRefused
from lamplighter.statistics.inference.proportions import Interval, wilson
from lamplighter.statistics.proof_lag.counts import delays_or_none, whole_days

TWELVE_MONTHS = 365
#: Days after the twelve months: 6, 12 and 18 months.
WAITING = (183, 365, 548)


@dataclass(frozen=True, slots=True)
class WaitingRate:
    """One rate with its waiting period.

    ``people`` were watched long enough; ``left_out`` were not, and are not in the rate. Without anybody
    watched long enough the rate is NaN.
    """

    waiting: int
    people: int
    counted: int
    left_out: int
    interval: Interval


def waiting_rates(
    delay: Any,
    window: Any,
    *,
    months: int = TWELVE_MONTHS,
    waiting: tuple[int, ...] = WAITING,
    confidence: float = 0.95,
) -> tuple[WaitingRate, ...]:
    """Return the share counted within ``months`` and each waiting period, among those watched so long.

    Args:
        delay: (n,) whole days from the index date to the first proof of an offence that was committed within
            ``months`` of it; NaN where nothing was proven by the day of the extract.
        window: (n,) whole days from the index date to the day of the extract.
        months: days in which the offence must have been committed.
        waiting: days more in which it must have been proven.
    """
    watched = whole_days(window, "window")
    days, seen = delays_or_none(delay, watched)
    if months < 1 or any(w < 0 for w in waiting):
        raise OptionRefused("not a number of days", array="waiting", remedy="Give days of zero or more.")
    checks.level(confidence)
    out = []
    for wait in waiting:
        whole = watched >= months + wait
        counted = int((whole & seen & (days <= months + wait)).sum())
        people = int(whole.sum())
        rate = wilson(np.asarray(counted), np.asarray(people), confidence=confidence)
        out.append(WaitingRate(int(wait), people, counted, int(watched.size - people), rate))
    return tuple(out)
