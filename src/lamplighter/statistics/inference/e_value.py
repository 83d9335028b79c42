"""E-value: how strong a cause nobody measured would have to be to explain an estimate away.

VanderWeele and Ding (2017): a confounder would need a risk ratio of at least this size with both the exposure
and the outcome, above what was adjusted for. An odds ratio or hazard ratio is first turned into an
approximate risk ratio: as it is when the outcome is rare (below 15%), by their approximations when common.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.errors import OptionRefused, ValueRefused

MEASURES = ("risk ratio", "odds ratio", "hazard ratio")


@dataclass(frozen=True, slots=True)
class EValue:
    """Attributes:
    measure: what was given.
    estimate: E-value of the estimate, 1 or more.
    limit: E-value of the limit nearer to no effect; 1 when the interval holds no effect; NaN when not given.
    risk_ratio: the (approximate) risk ratio it was made from.
    assumed: how the risk ratio was made.
    """

    measure: str
    estimate: float
    limit: float
    risk_ratio: float
    assumed: str


def evalue(
    estimate: float,
    lower: float | None = None,
    upper: float | None = None,
    *,
    measure: str = "risk ratio",
    rare: bool | None = None,
) -> EValue:
    """E-value of a ratio and of its limit.

    Args:
        estimate: the ratio, above zero.
        lower, upper: its limits, above zero. Only the one nearer to 1 is used.
        measure: one of :data:`MEASURES`.
        rare: whether the outcome is rare by the end of follow-up (below 15%). Must be said for an odds ratio
            or hazard ratio; has no part in a risk ratio.
    """
    checks.choice(measure, MEASURES, "measure")
    if measure != "risk ratio" and rare is None:
        raise OptionRefused(
            f"an {measure}" if measure == "odds ratio" else f"a {measure}",
            array="rare",
            remedy="Say whether the outcome is rare (below 15%).",
        )
    for name, value in (("estimate", estimate), ("lower", lower), ("upper", upper)):
        if value is not None and not (value > 0 and math.isfinite(value)):
            raise ValueRefused(
                "not a number above zero", array=name, remedy="Give a ratio, not its logarithm."
            )
    if not (lower or estimate) <= estimate <= (upper or estimate):
        raise ValueRefused(
            "not between its limits", array="estimate", remedy="Check the order of the limits."
        )
    ratio = _as_risk_ratio(estimate, measure, bool(rare))
    nearer = lower if estimate >= 1 else upper
    if nearer is None:
        limit = math.nan
    elif (nearer <= 1) == (estimate >= 1):
        limit = 1.0
    else:
        limit = _needed(_as_risk_ratio(nearer, measure, bool(rare)))
    assumed = "as it stands" if measure == "risk ratio" or rare else "approximation for a common outcome"
    return EValue(measure, _needed(ratio), limit, ratio, assumed)


def _as_risk_ratio(value: float, measure: str, rare: bool) -> float:
    if measure == "risk ratio" or rare:
        return value
    if measure == "odds ratio":
        return math.sqrt(value)
    return float((1 - 0.5 ** math.sqrt(value)) / (1 - 0.5 ** math.sqrt(1 / value)))


def _needed(ratio: float) -> float:
    away = max(ratio, 1 / ratio)
    return away + math.sqrt(away * (away - 1))
