"""Combine one estimate of many partitions of the same records into people: Rubin's rules.

Who is who is not known but believed. Whole partitions are drawn from those beliefs, each is analysed as if it
were the truth, and what they differ by is what linkage adds to the variance. People split and merge from one
partition to the next, so that numerator and denominator both change; nothing here needs to know, since every
partition is a whole analysis of its own.

The degrees of freedom are Barnard and Rubin's, which never exceed those of one analysis; twenty partitions
are few, and the normal distribution would be too narrow where linkage dominates.

It holds what it promises only if the beliefs are calibrated *for the pairs that would change the answer*.
Beliefs that are right on average, and too low for records soon after an index date, hide reoffending in every
draw alike.

Sources: Rubin, Multiple Imputation for Nonresponse in Surveys, Wiley 1987, chapter 3; Barnard and Rubin,
Biometrika 1999, 86: 948-955.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.errors import OptionRefused, ValueRefused
from lamplighter.statistics.arrays.flags import Flag

SCALES = ("as it is", "logit")
#: Share of the variance due to linkage above which more partitions than twenty are worth their time.
_MUCH = 0.5


@dataclass(frozen=True, slots=True)
class Combined:
    """Hold what many partitions say together.

    ``within`` is the variance as if who is who were known, ``between`` that of the estimates, ``total`` the
    variance of the estimate; all on the scale of the estimates. ``due_to_linkage`` is the share of ``total``.
    """

    estimate: float
    lower: float
    upper: float
    within: float
    between: float
    total: float
    df: float
    due_to_linkage: float
    partitions: int
    confidence: float
    scale: str
    flags: tuple[Flag, ...]


def combine(
    estimates: Any,
    variances: Any,
    *,
    complete_df: float = np.inf,
    scale: str = "as it is",
    confidence: float = 0.95,
) -> Combined:
    """Combine the estimates of two or more partitions.

    Args:
        estimates: (m,) one a partition, in one order with ``variances``.
        variances: (m,) of each estimate, as if its partition were the truth; zero or more.
        complete_df: degrees of freedom of one analysis (people or clusters less one); infinite for large
            samples.
        scale: ``logit`` combines proportions as log odds, so that limits stay between 0 and 1. What is given
            and what comes back are proportions all the same.

    Raises:
        NotEnoughData: fewer than two partitions.
        ValueRefused: a variance below zero, or a proportion not between 0 and 1 on the logit scale.
    """
    checks.choice(scale, SCALES, "scale")
    z = 0.5 + checks.level(confidence) / 2
    q = checks.numbers(estimates, "estimates")
    u = checks.numbers(variances, "variances", length=q.size)
    checks.some(q.size, "estimates", 2)
    if (u < 0).any():
        raise ValueRefused(
            "below zero", array="variances", index=int(np.argmax(u < 0)), remedy="Give squared errors."
        )
    if not complete_df > 0:
        raise OptionRefused("not above zero", array="complete_df", remedy="Give people less one.")
    if scale == "logit":
        outside = (q <= 0) | (q >= 1)
        if outside.any():
            raise ValueRefused(
                "not between 0 and 1",
                array="estimates",
                index=int(np.argmax(outside)),
                remedy="Combine such proportions as they are.",
            )
        u = u / (q * (1 - q)) ** 2
        q = special.logit(q)
    m = q.size
    middle, within, between = float(q.mean()), float(u.mean()), float(q.var(ddof=1))
    extra = (1 + 1 / m) * between
    total = within + extra
    share = extra / total if total > 0 else 0.0
    df = _degrees(m, share, float(complete_df))
    half = float(special.stdtrit(df, z) if np.isfinite(df) else special.ndtri(z)) * np.sqrt(total)
    lower, upper = middle - half, middle + half
    if scale == "logit":
        middle, lower, upper = (float(special.expit(v)) for v in (middle, lower, upper))
        slope = (middle * (1 - middle)) ** 2
        within, between, total = within * slope, between * slope, total * slope
    flags: tuple[Flag, ...] = ()
    if share > _MUCH:
        text = f"Linkage makes {share:.0%} of the variance: draw more than {m} partitions, or review pairs."
        flags = (Flag("mostly_linkage", text),)
    return Combined(
        middle, float(lower), float(upper), within, between, total, df, share, m, confidence, scale, flags
    )


def _degrees(m: int, share: float, complete: float) -> float:
    """Return Barnard and Rubin's degrees of freedom."""
    old = (m - 1) / share**2 if share > 0 else np.inf
    if not np.isfinite(complete):
        return float(old)
    seen = (complete + 1) / (complete + 3) * complete * (1 - share)
    if not np.isfinite(old):
        return float(seen)
    return float(1 / (1 / old + 1 / seen)) if seen > 0 else float(old)
