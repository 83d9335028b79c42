"""Do curves differ between groups? Log-rank for one outcome, Gray's test where outcomes compete.

Sources: Harrington and Fleming, Biometrika 1982 (rho, gamma); Gehan, Biometrika 1965; Tarone and Ware,
Biometrika 1977; Peto and Peto, JRSS A 1972; Andersen et al., Int Stat Rev 1982 (its modified form); Gray,
Annals of Statistics 1988, 16: 1141-1154. The results are those of R's ``survdiff`` and ``cmprsk::cuminc``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import special

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Bools, Floats, Ints, distinct
from lamplighter.statistics.arrays.errors import NotEnoughData, OptionRefused
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.arrays.pandas_rows import rows_alike
from lamplighter.statistics.survival.timeline import from_here_on

#: How differences are weighed: by survival (``rho``, ``gamma``), by those at risk, by its root, or by a
#: survival of all that never reaches 0 (Peto and Peto), also times n / (n + 1) (modified).
SCHEMES = ("harrington-fleming", "gehan", "tarone-ware", "peto", "modified-peto")


@dataclass(frozen=True, slots=True)
class CurveTest:
    """A chi-square test of equal curves. Vectors are (groups,) in the order of ``groups``.

    ``score`` is observed less expected, weighed by the ``scheme``; ``variance`` (groups, groups) is its
    covariance.
    For Gray's test ``expected`` is observed less score. ``df`` counts the groups that could be compared.
    """

    groups: tuple[Any, ...]
    n: Ints
    observed: Floats
    expected: Floats
    score: Floats
    variance: Floats
    statistic: float
    df: int
    p: float
    rho: float
    strata: int
    flags: tuple[Flag, ...]
    scheme: str = SCHEMES[0]
    gamma: float = 0.0


@rows_alike
def log_rank(
    time: Any,
    event: Any,
    groups: Any,
    *,
    entry: Any = None,
    strata: Any = None,
    scheme: str = "harrington-fleming",
    rho: float = 0.0,
    gamma: float = 0.0,
) -> CurveTest:
    """Return the log-rank test, weighed by ``scheme``, and by ``strata``.

    Args:
        time, event, entry: as for :func:`lamplighter.statistics.kaplan_meier`.
        groups: (n,) labels, at least two.
        strata: (n,) labels; people are compared within a stratum only.
        scheme: ``harrington-fleming`` weighs by S(t-)**rho (1 - S(t-))**gamma, which with 0 and 0 is the
            log-rank test itself; ``gehan`` (Wilcoxon, Breslow) by those at risk; ``tarone-ware`` by its root;
            ``peto`` and ``modified-peto`` by the survival of all.

    Raises:
        NotEnoughData: one group, no events, or never two groups at risk together at an event.
        OptionRefused: the scheme is not offered, or ``rho`` or ``gamma`` given with another one.
    """
    checks.choice(scheme, SCHEMES, "scheme")
    late = float(checks.numbers([gamma], "gamma")[0])
    if scheme != SCHEMES[0] and (rho or late):
        raise OptionRefused("goes with harrington-fleming only", array="rho", remedy="Give one or the other.")
    t = checks.times(time)
    d = checks.binary(event, "event", length=t.size)
    start = None if entry is None else checks.entries(entry, t)
    group, names, stratum, power = _grouping(t, groups, strata, rho)
    if not d.any():
        raise NotEnoughData("no events", array="event", remedy="Nothing can be compared; report the counts.")
    g = len(names)
    observed, expected, score = np.zeros(g), np.zeros(g), np.zeros(g)
    variance = np.zeros((g, g))
    for s in range(int(stratum.max()) + 1):
        rows = stratum == s
        part = _log_rank_stratum(
            t[rows], d[rows], None if start is None else start[rows], group[rows], g, (scheme, power, late)
        )
        observed, expected, score, variance = (
            total + new for total, new in zip((observed, expected, score, variance), part, strict=True)
        )
    found = _result(
        names, group, observed, expected, score, variance, expected > 0, power, int(stratum.max()) + 1
    )
    return replace(found, scheme=scheme, gamma=late)


def _grouping(t: Floats, groups: Any, strata: Any, rho: float) -> tuple[Ints, tuple[Any, ...], Ints, float]:
    checks.some(t.size, "time", 2)
    group, names = checks.labels(groups, "groups", length=t.size)
    if len(names) < 2:
        raise NotEnoughData("one group", array="groups", remedy="A comparison needs two.")
    stratum = np.zeros(t.size, dtype=np.int64)
    if strata is not None:
        stratum = checks.labels(strata, "strata", length=t.size)[0]
    return group, names, stratum, float(checks.numbers([rho], "rho")[0])


def _log_rank_stratum(
    t: Floats, d: Bools, entry: Floats | None, group: Ints, g: int, how: tuple[str, float, float]
) -> tuple[Floats, Floats, Floats, Floats]:
    times, at = distinct(t)
    m = times.size
    deaths = _table(at[d], group[d], m, g)
    at_risk = from_here_on(_table(at, group, m, g))
    if entry is not None:
        first = np.searchsorted(times, entry, side="right")
        at_risk -= from_here_on(_table(first, group, m + 1, g))[1:]
    n, total = at_risk.sum(axis=1), deaths.sum(axis=1)
    kept = total > 0
    at_risk, deaths, n, total = at_risk[kept], deaths[kept], n[kept], total[kept]
    weight = _weight(n, total, *how)
    share = at_risk / n[:, None]
    expected = share * total[:, None]
    spread = np.where(n > 1, total * (n - total) / np.maximum(n - 1, 1), 0.0) * weight**2
    variance = np.diag(spread @ share) - (share * spread[:, None]).T @ share
    score = weight @ (deaths - expected)
    return weight @ deaths, weight @ expected, score, variance


def _weight(n: Floats, events: Floats, scheme: str, rho: float, gamma: float) -> Floats:
    if scheme == "gehan":
        return n
    if scheme == "tarone-ware":
        return np.sqrt(n)
    if scheme != SCHEMES[0]:
        survival = np.cumprod(1 - events / (n + 1))
        return np.asarray(survival if scheme == "peto" else survival * n / (n + 1))
    before = np.concatenate([[1.0], np.cumprod(1 - events / n)])[:-1]
    return np.asarray(before**rho * (1 - before) ** gamma)


def _table(position: Ints, group: Ints, m: int, g: int) -> Floats:
    return np.bincount(position * g + group, minlength=m * g).reshape(m, g).astype(np.float64)


def _result(
    names: tuple[Any, ...],
    group: Ints,
    observed: Floats,
    expected: Floats,
    score: Floats,
    variance: Floats,
    usable: Bools,
    rho: float,
    strata: int,
) -> CurveTest:
    kept = np.flatnonzero(usable)
    flags = []
    if kept.size < len(names):
        lost = ", ".join(str(names[j]) for j in np.flatnonzero(~usable))
        flags.append(Flag("group_not_compared", f"Never at risk when an event happened: {lost}."))
    kept = kept[:-1]
    matrix, vector = variance[np.ix_(kept, kept)], score[kept]
    rank = int(np.linalg.matrix_rank(matrix, hermitian=True)) if kept.size else 0
    if rank == 0:
        raise NotEnoughData(
            "no two groups were at risk together at an event",
            array="groups",
            remedy="Report the curves apart.",
        )
    if rank < kept.size:
        flags.append(Flag("fewer_degrees_of_freedom", "Some groups could not be told apart from others."))
    if (expected[usable] < 5).any():
        flags.append(Flag("few_expected", "A group has fewer than 5 expected events: the p value is rough."))
    statistic = float(vector @ np.linalg.pinv(matrix, hermitian=True) @ vector)
    return CurveTest(
        groups=names,
        n=np.bincount(group, minlength=len(names)),
        observed=observed,
        expected=expected,
        score=score,
        variance=variance,
        statistic=statistic,
        df=rank,
        p=float(special.chdtrc(rank, statistic)),
        rho=rho,
        strata=strata,
        flags=tuple(flags),
    )


@rows_alike
def gray(
    time: Any, cause: Any, groups: Any, *, of: int = 1, strata: Any = None, rho: float = 0.0
) -> CurveTest:
    """Gray's test that the cumulative incidence of outcome ``of`` is the same in every group.

    Args:
        time, cause: as for :func:`lamplighter.statistics.aalen_johansen`; no delayed entry.
        groups: (n,) labels, at least two.
        of: the outcome compared.
        strata: (n,) labels; people are compared within a stratum only.
        rho: the power of 1 minus the incidence that weighs the differences.

    Raises:
        NotEnoughData: one group, or the outcome never happened.
    """
    t = checks.times(time)
    codes = checks.causes(cause, "cause", length=t.size)
    if of < 1:
        raise OptionRefused("must be 1 or more", array="of", remedy="0 means censored.")
    group, names, stratum, power = _grouping(t, groups, strata, rho)
    if not (codes == of).any():
        raise NotEnoughData("the outcome never happened", array="cause", remedy="Report the counts.")
    g = len(names)
    score, variance = np.zeros(g), np.zeros((g, g))
    for s in range(int(stratum.max()) + 1):
        rows = stratum == s
        own, other = codes[rows] == of, (codes[rows] != of) & (codes[rows] != 0)
        more, spread = _gray_stratum(t[rows], own, other, group[rows], g, power)
        score, variance = score + more, variance + spread
    observed = np.bincount(group[codes == of], minlength=g).astype(np.float64)
    expected = observed - score
    usable = np.ones(g, dtype=np.bool_)
    return _result(names, group, observed, expected, score, variance, usable, power, int(stratum.max()) + 1)


def _gray_stratum(
    t: Floats, own: Bools, other: Bools, group: Ints, g: int, rho: float
) -> tuple[Floats, Floats]:
    """Score (g,) and covariance (g, g), after Gray's section 3 with his correction for ties."""
    times, at = distinct(t)
    m = times.size
    d1, d2 = _table(at[own], group[own], m, g), _table(at[other], group[other], m, g)
    y = from_here_on(_table(at, group, m, g))
    seen = (d1 + d2).sum(axis=1) > 0
    d1, d2, y = d1[seen], d2[seen], y[seen]
    if not d1.any():
        return np.zeros(g), np.zeros((g, g))
    there = y > 0
    safe = np.where(there, y, 1.0)
    free = np.cumprod(np.where(there, 1 - (d1 + d2) / safe, 1.0), axis=0)
    free_before = np.vstack([np.ones(g), free[:-1]])
    own_risk = np.cumsum(free_before * d1 / safe, axis=0)
    own_before = np.vstack([np.zeros(g), own_risk[:-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        open_ = np.where(there, y / free_before, 0.0)  # at risk for the outcome, had nobody been censored
    total = open_.sum(axis=1)
    still = (open_ * (1 - own_before)).sum(axis=1)
    n1 = d1.sum(axis=1)
    pooled = np.cumsum(n1 / total)
    pooled_before = np.concatenate([[0.0], pooled[:-1]])
    weight = np.maximum(1 - pooled_before, 0.0) ** rho
    score = weight @ np.where(there, d1 - n1[:, None] * open_ * (1 - own_before) / still[:, None], 0.0)
    remaining = 1 - pooled_before
    rate = np.divide(n1, total * remaining, out=np.zeros_like(n1), where=remaining > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(free > 0, (1 - pooled)[:, None] / free, 0.0)
        tie1 = np.where(n1[:, None] > 1, 1 - (n1[:, None] - 1) / (total[:, None] * free_before - 1), 1.0)
        tie2 = np.where(d2 > 1, 1 - (d2 - 1) / (y - 1), 1.0)
        v1 = np.where(there, tie1 * free_before * (n1 / total)[:, None] / safe, 0.0)
    v2 = np.where((free > 0) & (d2 > 0), tie2 * free_before**2 * d2 / safe**2, 0.0)
    variance = np.zeros((g, g))
    for k in range(g):  # what an outcome in group k at each time does to every group's score
        a = -weight[:, None] * open_ * (open_[:, k] / total)[:, None]
        a[:, k] += weight * open_[:, k]
        c = np.cumsum(a * rate[:, None], axis=0)
        c -= c[-1].copy()
        by_own, by_other = a - (1 - left[:, [k]]) * c, left[:, [k]] * c
        variance += (by_own * v1[:, [k]]).T @ by_own + (by_other * v2[:, [k]]).T @ by_other
    return score, variance
