"""Rosenbaum bounds: how uneven a hidden choice would have to be to explain a matched comparison away.

Within a pair, matched on all that was measured, something unseen may have made one of the two more likely to
be the one exposed, by odds of at most gamma. For each gamma the p-value lies between two bounds, whatever the
unseen was. The gamma at which the upper bound passes the level tells how fragile the finding is.

Sources: Rosenbaum, *Observational Studies*, 2002, chapter 4; the bounds are those of R's ``rbounds``
(``psens``; ``binarysens`` with the exact binomial). One-sided: towards more in the exposed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.arrays.errors import NotEnoughData, OptionRefused, ValueRefused
from lamplighter.statistics.arrays.pandas_rows import rows_alike

GAMMAS = (1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0)
_MOST_GAMMA = 1e6


@dataclass(frozen=True, slots=True)
class RosenbaumBounds:
    """Bounds of a one-sided p-value.

    Attributes:
        gammas: odds of hidden bias. lower, upper: bounds of the p-value at each.
        breaks_at: the largest gamma at which the upper bound is still at most ``level``; NaN when it is above
            the level without any hidden bias; infinite when no gamma up to a million undoes the finding.
        level: of the test.
        pairs: pairs that say something (those that differ). statistic: what was tested.
        test: its name.
    """

    gammas: Floats
    lower: Floats
    upper: Floats
    breaks_at: float
    level: float
    pairs: int
    statistic: float
    test: str


def rosenbaum_binary(
    exposed_only: int, control_only: int, *, gammas: Any = GAMMAS, level: float = 0.05
) -> RosenbaumBounds:
    """Return the bounds of McNemar's test: pairs in which one of the two had the outcome.

    Args:
        exposed_only: pairs in which only the exposed one had it. control_only: only the other one.
        gammas: odds, 1 or more. level: of the test.

    Raises:
        NotEnoughData: no pair differs.
        ValueRefused, OptionRefused: a count is not a whole number of zero or more, a gamma is below 1.
    """
    for name, count in (("exposed_only", exposed_only), ("control_only", control_only)):
        if count < 0 or count != int(count):
            raise ValueRefused("not a whole number of zero or more", array=name, remedy="Give pairs.")
    pairs = int(exposed_only) + int(control_only)
    if not pairs:
        raise NotEnoughData("no pair differs", array="exposed_only", remedy="Say so instead.")

    def tail(chance: float) -> float:
        return float(stats.binom.sf(exposed_only - 1, pairs, chance))

    return _bounds(tail, gammas, level, pairs, float(exposed_only), "McNemar, exact")


@rows_alike
def rosenbaum_signed_rank(
    exposed: Any, control: Any, *, gammas: Any = GAMMAS, level: float = 0.05
) -> RosenbaumBounds:
    """Return the bounds of Wilcoxon's signed rank test, normal approximation, ties by mean rank.

    Args:
        exposed, control: (pairs,) the outcome of either side of each pair.
        gammas, level: as :func:`rosenbaum_binary`.

    Raises:
        NotEnoughData: no pair differs.
        NotAnArray, ValueRefused, OptionRefused: as they say.
    """
    first = checks.numbers(exposed, "exposed")
    apart = first - checks.numbers(control, "control", length=first.size)
    apart = apart[apart != 0]
    if not apart.size:
        raise NotEnoughData("no pair differs", array="exposed", remedy="Say so instead.")
    ranks = stats.rankdata(np.abs(apart))
    found = float(ranks[apart > 0].sum())
    total, square = float(ranks.sum()), float((ranks**2).sum())

    def tail(chance: float) -> float:
        return float(stats.norm.sf((found - total * chance) / np.sqrt(square * chance * (1 - chance))))

    return _bounds(tail, gammas, level, int(apart.size), found, "Wilcoxon signed rank, normal approximation")


def _bounds(
    tail: Callable[[float], float], gammas: Any, level: float, pairs: int, statistic: float, test: str
) -> RosenbaumBounds:
    alpha = checks.level(level, "level")
    odds = checks.numbers(np.atleast_1d(gammas), "gammas")
    if (odds < 1).any():
        raise OptionRefused("below 1", array="gammas", remedy="1 means no hidden bias; begin there.")

    def upper(gamma: float) -> float:
        return tail(gamma / (1 + gamma))

    return RosenbaumBounds(
        gammas=odds,
        lower=np.array([tail(1 / (1 + gamma)) for gamma in odds]),
        upper=np.array([upper(gamma) for gamma in odds]),
        breaks_at=_breaks_at(upper, alpha),
        level=alpha,
        pairs=pairs,
        statistic=statistic,
        test=test,
    )


def _breaks_at(upper: Callable[[float], float], level: float) -> float:
    if upper(1.0) > level:
        return float("nan")
    if upper(_MOST_GAMMA) <= level:
        return float("inf")
    low, high = 1.0, _MOST_GAMMA
    while high > low * (1 + 1e-12):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if upper(middle) <= level else (low, middle)
    return low
