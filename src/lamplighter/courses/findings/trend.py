"""Is it happening more often? A test on the times themselves, not a line through counts.

Laplace's test for trend (Cox and Lewis, *The Statistical Analysis of Series of
Events*, 1966, 3.3; also Ascher and Feingold 1984): under a homogeneous
Poisson process, given how many events fell in ``(0, T)``, their times are
independent and uniform, whatever the rate. The test statistic is their mean.
It is the optimal test against a rate that grows exponentially. With few
events the normal approximation is poor, so the p-value is exact: the sum of n
uniforms has the Irwin-Hall distribution.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

EXACT_UP_TO = 25
"""Above this many events the alternating sum loses digits and the normal approximation is exact to 3
places."""

MIN_EVENTS = 4


@dataclass(frozen=True, slots=True)
class Trend:
    """``statistic`` is Laplace's U (above 0: later events crowd together); ``p_more`` one-sided for a
    rising rate."""

    events: int
    days: float
    statistic: float
    p_more: float
    p_less: float
    method: str


def irwin_hall_cdf(x: float, n: int) -> float:
    """P(sum of n independent uniforms on (0, 1) <= x)."""
    if x <= 0:
        return 0.0
    if x >= n:
        return 1.0
    if x > n / 2:  # the sum is symmetric; the shorter alternating sum keeps its digits
        return 1.0 - irwin_hall_cdf(n - x, n)
    total = math.fsum((-1) ** k * math.comb(n, k) * (x - k) ** n for k in range(math.floor(x) + 1))
    return min(1.0, max(0.0, total / math.factorial(n)))


def laplace(days: Sequence[float], *, end: float | None = None) -> Trend | None:
    """Test whether events come faster as time goes on.

    Args:
        days: times of the events in days, in any order.
        end: when watching stopped, in the same days. ``None`` means at the last event, which is then not
            counted
            (failure-truncated sampling): the right choice when nobody knows whether it has stopped.

    The first event starts the clock and is not counted. ``None`` with fewer than :data:`MIN_EVENTS` events
    or when
    all fall at one moment.
    """
    times = sorted(days)
    if len(times) < MIN_EVENTS:
        return None
    start = times[0]
    inside = times[1:] if end is not None else times[1:-1]
    length = (end if end is not None else times[-1]) - start
    if length <= 0 or not inside:
        return None
    n = len(inside)
    total = math.fsum((t - start) / length for t in inside)
    statistic = (total - n / 2) / math.sqrt(n / 12)
    if n <= EXACT_UP_TO:
        less = irwin_hall_cdf(total, n)
        return Trend(len(times), length, statistic, 1.0 - less, less, "exact (Irwin-Hall)")
    less = 0.5 * math.erfc(-statistic / math.sqrt(2))
    return Trend(len(times), length, statistic, 1.0 - less, less, "normal approximation")
