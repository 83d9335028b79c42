"""Count delays and windows by day, so that a million people cost no more than a few passes over arrays.

A row that was proven after ``delay`` days, and could have been seen if proven within ``window`` days, is at
risk in reverse time on every day from its delay to its window: on day *u* it is one of those proven by day
*u*, and the question is whether it was on day *u* itself. With ``recent`` it is at risk only for what the
last so many days before the extract show of it, as a chain ladder over the latest diagonals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Bools, Floats, Ints
from lamplighter.statistics.arrays.errors import NotEnoughData, OptionRefused, ValueRefused

YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows that were proven, cut to the longest delay that is asked about.

    ``at`` is the delay; at risk from ``low`` to ``high``; ``event`` says whether its delay is one of those
    days; ``weight`` is exp(slope * x) where delays drift, else 1.
    """

    at: Ints
    low: Ints
    high: Ints
    event: Bools
    stratum: Ints
    x: Floats
    weight: Floats
    days: int
    strata: int

    def weighed(self, slope: float) -> Seen:
        """Return the same rows with the weights of a drift."""
        weight = np.exp(slope * self.x)
        return Seen(
            self.at, self.low, self.high, self.event, self.stratum, self.x, weight, self.days, self.strata
        )

    def events(self) -> Floats:
        """Return the proofs on each day, (strata, days)."""
        cells = self.stratum[self.event] * self.days + self.at[self.event]
        return (
            np.bincount(cells, minlength=self.strata * self.days)
            .reshape(self.strata, self.days)
            .astype(np.float64)
        )

    def at_risk(self, power: int = 0) -> Floats:
        """Return the sum over those at risk of weight times x to a power, (strata, days)."""
        value = self.weight * self.x**power if power else self.weight
        cells = self.strata * (self.days + 1)
        step = self.days + 1
        come = np.bincount(self.stratum * step + self.low, weights=value, minlength=cells)
        gone = np.bincount(self.stratum * step + self.high + 1, weights=value, minlength=cells)
        steps = (come - gone).reshape(self.strata, step)
        return np.asarray(np.cumsum(steps, axis=1)[:, : self.days])


def whole_days(values: Any, name: str, *, length: int | None = None) -> Ints:
    """Return whole days of zero or more, refusing anything else by position."""
    days = checks.times(values, name, length=length)
    broken = days != np.floor(days)
    if broken.any():
        raise ValueRefused(
            "not a whole day", array=name, index=int(np.argmax(broken)), remedy="Count days between dates."
        )
    return days.astype(np.int64)


def delays_or_none(values: Any, window: Ints, name: str = "delay") -> tuple[Ints, Bools]:
    """Return delays and whether there is one: NaN says that nothing was proven by the day of the extract.

    Raises:
        ValueRefused: a delay is longer than its window, so that it could not have been seen.
    """
    raw = np.asarray(values, dtype=np.float64)
    if raw.ndim != 1:
        raise ValueRefused("not one column", array=name, remedy="Give one delay a person, NaN for none.")
    seen = ~np.isnan(raw)
    filled = whole_days(np.where(seen, raw, 0.0), name, length=window.size)
    late = seen & (filled > window)
    if late.any():
        raise ValueRefused(
            "longer than its window: proven after the day of the extract",
            array=name,
            index=int(np.argmax(late)),
            remedy="Give NaN where nothing was proven by that day.",
        )
    return filled, seen


def years_of(started: Any, length: int) -> Floats:
    """Return starts in years from the latest; zeros where none are given."""
    if started is None:
        return np.zeros(length)
    days = checks.numbers(started, "started", length=length)
    return (days - days.max()) / YEAR if length else days


def seen_rows(
    delay: Ints, window: Ints, stratum: Ints, x: Floats, *, longest: int, recent: int | None, strata: int
) -> Seen:
    """Cut proven rows to what is asked about.

    Raises:
        NotEnoughData: no row was proven within ``longest``.
        OptionRefused: ``longest`` or ``recent`` is not a number of days above zero.
    """
    for name, value in (("longest", longest), ("recent", recent)):
        if value is not None and (value != int(value) or value < 1):
            raise OptionRefused("not a number of days above zero", array=name, remedy="Give whole days.")
    low = delay if recent is None else np.maximum(delay, window - int(recent))
    high = np.minimum(window, longest)
    kept = (delay <= longest) & (low <= high)
    if not kept.any():
        raise NotEnoughData(
            "no row proven within the days asked about", array="delay", remedy="Wait, or ask about more days."
        )
    event = low == delay
    return Seen(
        at=delay[kept],
        low=low[kept],
        high=high[kept],
        event=event[kept],
        stratum=stratum[kept],
        x=x[kept],
        weight=np.ones(int(kept.sum())),
        days=int(longest) + 1,
        strata=strata,
    )
