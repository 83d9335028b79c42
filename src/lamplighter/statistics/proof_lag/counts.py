"""Count delays and windows by day, so that a million people cost no more than a few passes over arrays.

A row that was proven after ``delay`` days, and could have been seen if proven within ``window`` days, is at
risk in reverse time on every day from its delay to its window: on day *u* it is one of those proven by day
*u*, and the question is whether it was on day *u* itself. With ``recent`` it is at risk only for what the
last so many days before the extract show of it, as a chain ladder over the latest diagonals.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    days. ``slopes`` (bands,) are changes a year of the log hazards in each band of days; ``band`` (days,).
    """

    at: Ints
    low: Ints
    high: Ints
    event: Bools
    stratum: Ints
    x: Floats
    band: Ints
    slopes: Floats
    days: int
    strata: int

    def drifting(self, slopes: Floats, band: Ints) -> Seen:
        """Return the same rows with a drift in each band of days."""
        return replace(self, slopes=slopes, band=band)

    def weight(self, band: int) -> Floats:
        """Return how much each row counts for on the days of a band."""
        return np.asarray(np.exp(self.slopes[band] * self.x))

    def events(self) -> Floats:
        """Return the proofs on each day, (strata, days)."""
        cells = self.stratum[self.event] * self.days + self.at[self.event]
        count = np.bincount(cells, minlength=self.strata * self.days)
        return count.reshape(self.strata, self.days).astype(np.float64)

    def at_risk(self, power: int = 0) -> Floats:
        """Return the sum over those at risk of weight times x to a power, (strata, days)."""
        step = self.days + 1
        out = np.zeros((self.strata, self.days))
        for band in range(self.slopes.size):
            value = self.weight(band) * self.x**power
            come = np.bincount(self.stratum * step + self.low, weights=value, minlength=self.strata * step)
            gone = np.bincount(
                self.stratum * step + self.high + 1, weights=value, minlength=self.strata * step
            )
            risk = np.cumsum((come - gone).reshape(self.strata, step), axis=1)[:, : self.days]
            here = self.band == band
            out[:, here] = risk[:, here]
        return out

    def over(self, values: Floats) -> Floats:
        """Add up values (strata, days) over the days on which each row is at risk, times its weight."""
        out = np.zeros(self.at.size)
        upto = np.zeros((self.strata, self.days + 1))
        for band in range(self.slopes.size):
            np.cumsum(np.where(self.band == band, values, 0.0), axis=1, out=upto[:, 1:])
            between = upto[self.stratum, self.high + 1] - upto[self.stratum, self.low]
            out += self.weight(band) * between
        return out


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
        band=np.zeros(int(longest) + 1, dtype=np.int64),
        slopes=np.zeros(1),
        days=int(longest) + 1,
        strata=strata,
    )
