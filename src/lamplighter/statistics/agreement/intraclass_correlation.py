"""Intraclass correlation: how alike are numbers that several raters gave to the same cases?

Shrout and Fleiss (1979), with their limits from the F distribution (McGraw and Wong 1996 for the two-way
random model, Satterthwaite's degrees of freedom).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.errors import NotEnoughData, NotIdentified
from lamplighter.statistics.arrays.flags import Flag


@dataclass(frozen=True, slots=True)
class OneIcc:
    """One form: ``1,1``, ``2,1``, ``3,1``, ``1,k``, ``2,k`` or ``3,k``. F tests that it is zero."""

    form: str
    value: float
    lower: float
    upper: float
    f: float
    freedom: tuple[float, float]
    p_value: float


@dataclass(frozen=True, slots=True)
class Icc:
    """The six forms.

    Attributes:
        forms: by their name. ``1``: each case has its own raters; ``2``: the raters are a sample, agreement
            is absolute; ``3``: these raters only, consistency. ``,1`` is of one rating, ``,k`` of the mean of
            all.
        n: cases. raters: ratings a case.
        mean_squares: between cases, within cases, between raters, residual.
    """

    forms: dict[str, OneIcc]
    n: int
    raters: int
    mean_squares: tuple[float, float, float, float]
    confidence: float
    flags: tuple[Flag, ...]


def intraclass(ratings: Any, *, confidence: float = 0.95) -> Icc:
    """Intraclass correlations of a full table of ratings.

    Args:
        ratings: (cases, raters) numbers, none missing.

    Raises:
        NotEnoughData: fewer than two cases or two raters.
        NotIdentified: no rating differs from any other.
    """
    level = checks.level(confidence)
    x = checks.columns(ratings, np.shape(ratings)[0] if np.ndim(ratings) else 0, "ratings")
    n, k = x.shape
    checks.some(n, "ratings", 2)
    if k < 2:
        raise NotEnoughData("one rater", array="ratings", remedy="Agreement needs two raters or more.")
    grand = x.mean()
    by_case, by_rater = x.mean(axis=1), x.mean(axis=0)
    bms = k * float(((by_case - grand) ** 2).sum()) / (n - 1)
    wms = float(((x - by_case[:, None]) ** 2).sum()) / (n * (k - 1))
    jms = n * float(((by_rater - grand) ** 2).sum()) / (k - 1)
    ems = float(((x - by_case[:, None] - by_rater[None, :] + grand) ** 2).sum()) / ((n - 1) * (k - 1))
    if bms + wms <= 1e-14 * (1 + grand**2):
        raise NotIdentified("every rating is the same", array="ratings", remedy="Say so instead.")
    tail = (1 - level) / 2
    forms = {}
    with np.errstate(divide="ignore", invalid="ignore"):
        within = (n - 1.0, n * (k - 1.0))
        crossed = (n - 1.0, (n - 1.0) * (k - 1.0))
        f1, f3 = np.float64(bms) / wms, np.float64(bms) / ems
        for form, f, free in (("1", f1, within), ("3", f3, crossed)):
            low = f / stats.f.ppf(1 - tail, *free)
            high = f * stats.f.ppf(1 - tail, free[1], free[0])
            p = float(stats.f.sf(f, *free))
            one = [1.0 if np.isinf(v) else float((v - 1) / (v + k - 1)) for v in (f, low, high)]
            mean = [1.0 if np.isinf(v) else float(1 - 1 / v) for v in (f, low, high)]
            forms[f"{form},1"] = OneIcc(f"{form},1", one[0], one[1], one[2], float(f), free, p)
            forms[f"{form},k"] = OneIcc(f"{form},k", mean[0], mean[1], mean[2], float(f), free, p)
        # Form 2 has no value where its denominator is nought: two cases that two raters swap.
        value = np.float64(bms - ems) / (bms + (k - 1) * ems + k * (jms - ems) / n)
        mean_value = np.float64(bms - ems) / (bms + (jms - ems) / n)
        ratio = np.float64(jms) / ems
        numerator = (k - 1) * (n - 1) * (k * value * ratio + n * (1 + (k - 1) * value) - k * value) ** 2
        denominator = (n - 1) * k**2 * value**2 * ratio**2 + (n * (1 + (k - 1) * value) - k * value) ** 2
        v = numerator / denominator
        up, down = stats.f.ppf(1 - tail, n - 1, v), stats.f.ppf(1 - tail, v, n - 1)
        low = n * (bms - up * ems) / (up * (k * jms + (k * n - k - n) * ems) + n * bms)
        high = n * (down * bms - ems) / (k * jms + (k * n - k - n) * ems + n * down * bms)
        p = float(stats.f.sf(f3, *crossed))
        forms["2,1"] = OneIcc("2,1", float(value), float(low), float(high), float(f3), crossed, p)
        forms["2,k"] = OneIcc(
            "2,k",
            float(mean_value),
            float(low * k / (1 + low * (k - 1))),
            float(high * k / (1 + high * (k - 1))),
            float(f3),
            crossed,
            p,
        )
    flags = []
    if ems <= 1e-12 * bms:
        flags.append(
            Flag("no_residual", "The raters differ by constants only; limits of form 2 have no value.")
        )
    return Icc(dict(sorted(forms.items())), n, k, (bms, wms, jms, ems), level, tuple(flags))
