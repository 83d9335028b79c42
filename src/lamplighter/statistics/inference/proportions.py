"""Give a proportion, or a difference of two, a score interval; Wald's are not offered.

Sources: Wilson, JASA 1927; Newcombe, Statistics in Medicine 1998, 17: 857-872 (one proportion), 873-890
(a difference, method 10) and 2635-2650 (paired, method 10); Clopper and Pearson, Biometrika 1934.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from lamplighter.statistics.arrays.checks import Floats, level, numbers
from lamplighter.statistics.arrays.errors import NotAnArray, ValueRefused
from lamplighter.statistics.arrays.flags import Flag

_NOTHING = Flag("zero_denominator", "At least one denominator is zero: no proportion can be given there.")


@dataclass(frozen=True, slots=True)
class Interval:
    """Estimates with their limits, arrays of one shape (scalars in give 0-dimensional arrays out).

    Proportions and differences are fractions (0.25, not 25). Where a denominator is zero all three are NaN
    and the flag ``zero_denominator`` is set.
    """

    estimate: Floats
    lower: Floats
    upper: Floats
    n: Floats
    confidence: float
    method: str
    flags: tuple[Flag, ...] = ()


def _counts(values: Any, name: str) -> Floats:
    raw = np.asarray(values)
    flat = numbers(raw.reshape(-1), name)
    wrong = (flat < 0) | (flat != np.floor(flat))
    if wrong.any():
        raise ValueRefused(
            "not a whole number of zero or more",
            array=name,
            index=int(np.argmax(wrong)),
            remedy="Give counts of people or reports.",
        )
    return flat.reshape(raw.shape)


def _pair(events: Any, n: Any, names: tuple[str, str]) -> tuple[Floats, Floats]:
    x, total = _counts(events, names[0]), _counts(n, names[1])
    try:
        x, total = (np.array(a, dtype=np.float64) for a in np.broadcast_arrays(x, total))
    except ValueError as shapes:
        raise NotAnArray(
            f"shape {x.shape} does not go with {names[1]} {total.shape}",
            array=names[0],
            remedy="Give one denominator a numerator.",
        ) from shapes
    above = (x > total).reshape(-1)
    if above.any():
        raise ValueRefused(
            f"more than {names[1]}",
            array=names[0],
            index=int(np.argmax(above)),
            remedy="Numerator and denominator must count the same people on one basis.",
        )
    return x, total


def _flags(*totals: Floats) -> tuple[Flag, ...]:
    return (_NOTHING,) if any((t == 0).any() for t in totals) else ()


def _z(confidence: float) -> float:
    return float(special.ndtri(0.5 + level(confidence) / 2))


def _wilson(x: Floats, n: Floats, z: float) -> tuple[Floats, Floats, Floats]:
    with np.errstate(invalid="ignore", divide="ignore"):
        p = x / n
        middle = (2 * x + z * z) / (2 * (n + z * z))
        half = z * np.sqrt(z * z + 4 * x * (1 - p)) / (2 * (n + z * z))
    # exactly 0 and 1 at the ends, where rounding would leave 1e-17
    lower, upper = np.where(x == 0, 0.0, middle - half), np.where(x == n, 1.0, middle + half)
    gone = n == 0
    return p, np.where(gone, np.nan, lower), np.where(gone, np.nan, upper)


def wilson(events: Any, n: Any, *, confidence: float = 0.95) -> Interval:
    """Wilson's score interval for ``events`` of ``n``; shapes broadcast.

    Raises:
        ValueRefused: a count is negative, not whole, or above its denominator.
    """
    x, total = _pair(events, n, ("events", "n"))
    p, lower, upper = _wilson(x, total, _z(confidence))
    return Interval(p, lower, upper, total, confidence, "Wilson score", _flags(total))


def clopper_pearson(events: Any, n: Any, *, confidence: float = 0.95) -> Interval:
    """Return the 'exact' interval: covers at least ``confidence`` everywhere, so it is wider than
    Wilson's.
    """
    x, total = _pair(events, n, ("events", "n"))
    tail = (1 - level(confidence)) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        lower = np.where(x == 0, 0.0, special.betaincinv(x, total - x + 1, tail))
        upper = np.where(x == total, 1.0, special.betaincinv(x + 1, total - x, 1 - tail))
        p = x / total
    gone = total == 0
    lower, upper = np.where(gone, np.nan, lower), np.where(gone, np.nan, upper)
    return Interval(p, lower, upper, total, confidence, "Clopper-Pearson", _flags(total))


def newcombe(events_a: Any, n_a: Any, events_b: Any, n_b: Any, *, confidence: float = 0.95) -> Interval:
    """Return the difference a minus b of two independent proportions, Newcombe's method 10 (from Wilson
    limits).
    """
    xa, na = _pair(events_a, n_a, ("events_a", "n_a"))
    xb, nb = _pair(events_b, n_b, ("events_b", "n_b"))
    z = _z(confidence)
    pa, la, ua = _wilson(xa, na, z)
    pb, lb, ub = _wilson(xb, nb, z)
    gap = pa - pb
    lower = gap - np.sqrt((pa - la) ** 2 + (ub - pb) ** 2)
    upper = gap + np.sqrt((ua - pa) ** 2 + (pb - lb) ** 2)
    method = "Newcombe method 10, independent"
    return Interval(gap, lower, upper, na + nb, confidence, method, _flags(na, nb))


def newcombe_paired(
    both: Any, first_only: Any, second_only: Any, neither: Any, *, confidence: float = 0.95
) -> Interval:
    """Return the difference first minus second of two proportions in the same pairs, Newcombe's paired
    method 10.

    The four arrays are the cells of the table of pairs. The correlation of the two is corrected for
    continuity, as in the paper.
    """
    e, f, g, h = (
        np.array(a, dtype=np.float64)
        for a in np.broadcast_arrays(
            _counts(both, "both"),
            _counts(first_only, "first_only"),
            _counts(second_only, "second_only"),
            _counts(neither, "neither"),
        )
    )
    n, z = e + f + g + h, _z(confidence)
    p1, l1, u1 = _wilson(e + f, n, z)
    p2, l2, u2 = _wilson(e + g, n, z)
    margins = (e + f) * (g + h) * (e + g) * (f + h)
    cross = e * h - f * g
    shrunk = np.where(cross > 0, np.maximum(cross - n / 2, 0), cross)
    phi = np.where(margins > 0, shrunk / np.sqrt(np.where(margins > 0, margins, 1)), 0.0)
    gap = p1 - p2
    below = (p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2
    above = (u1 - p1) ** 2 - 2 * phi * (u1 - p1) * (p2 - l2) + (p2 - l2) ** 2
    lower, upper = gap - np.sqrt(np.maximum(below, 0)), gap + np.sqrt(np.maximum(above, 0))
    return Interval(gap, lower, upper, n, confidence, "Newcombe method 10, paired", _flags(n))
