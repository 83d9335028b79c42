"""Tell who is at risk when: distinct follow-up times and what happens at each, from rows of any order.

A row is at risk at time t when ``entry < t <= time``. At a tie, events come first and censoring after.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lamplighter.statistics.arrays.checks import Floats, Ints, distinct

_WHOLE = 1e-12


@dataclass(frozen=True, slots=True)
class Timeline:
    """``times`` (m,) are the distinct ends, ascending. For each row, ``at`` (n,) is the position of its end
    in ``times`` and ``entered`` (n,) the position of the first time at which it is at risk."""

    times: Floats
    at: Ints
    entered: Ints | None

    def leaving(self, w: Floats) -> Floats:
        """Weight that ends at each time, (m,)."""
        return sums(self.at, w, self.times.size)

    def at_risk(self, w: Floats) -> Floats:
        """Weight at risk at each time, (m,)."""
        m = self.times.size
        out = from_here_on(sums(self.at, w, m))
        if self.entered is not None:
            later = from_here_on(sums(self.entered, w, m + 1))
            out -= later[1:]
        return out


def sums(position: Ints, w: Floats, size: int) -> Floats:
    """Sums of ``w`` by position, (size,)."""
    return np.asarray(np.bincount(position, weights=w, minlength=size), dtype=np.float64)


def from_here_on(x: Floats) -> Floats:
    """Sums from each position to the end (summed from the end, so that small late risk sets stay exact)."""
    return np.cumsum(x[::-1], axis=0)[::-1].copy()


def hazard(events: Floats, at_risk: Floats) -> Floats:
    """Return the share of those at risk that had an event, (m,).

    Where all of them had one it is exactly 1: with weights and late entries the two sums are of other terms,
    and what rounding leaves between them would be taken for people who are still at risk.
    """
    h = events / at_risk
    return np.where(np.abs(1 - h) < _WHOLE, 1.0, h)


def timeline(time: Floats, entry: Floats | None) -> Timeline:
    """Positions on the time axis for rows that end at ``time`` and come under observation after ``entry``."""
    times, at = distinct(time)
    entered = None if entry is None else np.searchsorted(times, entry, side="right").astype(np.int64)
    return Timeline(times, at, entered)
