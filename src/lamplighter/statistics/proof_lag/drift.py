"""Do delays change with time, and by how much?

The reverse-time hazards of an offence committed a year later are those of now times exp(slope): a slope above
zero says that proof comes later and later. The slope is the coefficient of Cox's partial likelihood run in
reverse time, stratum by stratum, with Breslow's ties; the test is its score test, which is the logrank test
for trend. It needs no estimate of the delays, and an extract is enough: no window is compared with another
one's luck.

A test that finds nothing has not shown that nothing drifts: the back-test on frozen extracts is the other
half.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Floats, Ints
from lamplighter.statistics.arrays.errors import NotIdentified
from lamplighter.statistics.arrays.pandas_rows import rows_alike
from lamplighter.statistics.proof_lag.counts import Seen, seen_rows, whole_days, years_of

_STEPS, _FAR = 30, 5.0


@dataclass(frozen=True, slots=True)
class Slopes:
    """Change of the logarithm of the reverse-time hazards in a year, in each band of delay.

    Courts that take twice as long do not double every hazard of being proven only on a late day: the later
    the day, the more it grows. One slope for all days would follow the early ones, of which there are most.
    """

    value: Floats
    information: Floats

    @property
    def error(self) -> Floats:
        """The standard errors."""
        return np.asarray(1 / np.sqrt(self.information))


@dataclass(frozen=True, slots=True)
class Drift:
    """Change of delays with the day of the start.

    ``slope`` a year: above 0, proof comes later. ``slower_by`` is exp(slope) less 1: how much higher the
    hazard is of being proven only on a late day, a year on.
    """

    slope: float
    error: float
    lower: float
    upper: float
    slower_by: float
    z: float
    p_value: float
    n: int


def moments(seen: Seen) -> tuple[Floats, Floats, Floats]:
    """Return the weight at risk, its mean start and the variance of starts, each (strata, days)."""
    risk = seen.at_risk()
    safe = np.where(risk > 1e-9, risk, 1.0)
    mean = seen.at_risk(1) / safe
    return risk, mean, np.maximum(seen.at_risk(2) / safe - mean**2, 0.0)


def score_and_information(seen: Seen) -> tuple[Floats, Floats]:
    """Return the first derivatives of the partial likelihood and minus the second, (bands,)."""
    events = seen.events()
    _, mean, variance = moments(seen)
    bands = seen.slopes.size
    own = np.bincount(seen.band[seen.at[seen.event]], weights=seen.x[seen.event], minlength=bands)
    expected = np.bincount(seen.band, weights=(events * mean).sum(axis=0), minlength=bands)
    information = np.bincount(seen.band, weights=(events * variance).sum(axis=0), minlength=bands)
    return np.asarray(own - expected, dtype=np.float64), information.astype(np.float64)


def slopes_of(seen: Seen, band: Ints, bands: int) -> Slopes:
    """Return the slope of each band of delay by Newton's steps.

    Raises:
        NotIdentified: starts do not differ among those compared.
    """
    value = np.zeros(bands)
    for _ in range(_STEPS):
        score, information = score_and_information(seen.drifting(value, band))
        if (information <= 1e-9).any():
            raise NotIdentified(
                "does not differ among those compared", array="started", remedy="Ask without a trend."
            )
        step = np.clip(score / information, -1.0, 1.0)
        value = np.clip(value + step, -_FAR, _FAR)
        if (np.abs(step) < 1e-10).all():
            break
    return Slopes(value, score_and_information(seen.drifting(value, band))[1])


@rows_alike
def drift(
    delay: Any, window: Any, started: Any, *, longest: int, strata: Any = None, confidence: float = 0.95
) -> Drift:
    """Test whether delays change with the day of the start, and say by how much a year.

    Args:
        delay, window, longest, strata: as in ``reverse_time``.
        started: (n,) day of each start, on any one calendar.
    """
    watched = whole_days(window, "window")
    days = whole_days(delay, "delay", length=watched.size)
    codes = (
        np.zeros(days.size, dtype=np.int64)
        if strata is None
        else checks.labels(strata, "strata", length=days.size)[0]
    )
    count = int(codes.max()) + 1 if codes.size else 1
    seen = seen_rows(
        days, watched, codes, years_of(started, days.size), longest=longest, recent=None, strata=count
    )
    (score,), (information,) = score_and_information(seen)
    if information <= 1e-9:
        raise NotIdentified(
            "does not differ among those compared", array="started", remedy="Ask of a longer period."
        )
    z = score / np.sqrt(information)
    found = slopes_of(seen, seen.band, 1)
    slope, error = float(found.value[0]), float(found.error[0])
    half = float(special.ndtri(0.5 + checks.level(confidence) / 2)) * error
    return Drift(
        slope=slope,
        error=error,
        lower=slope - half,
        upper=slope + half,
        slower_by=float(np.expm1(slope)),
        z=float(z),
        p_value=float(2 * special.ndtr(-abs(z))),
        n=int(seen.at.size),
    )
