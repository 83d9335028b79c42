"""The quantities that ``survival.R`` prints, as this project computes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from lamplighter.statistics.arrays.errors import DidNotConverge, NotEnoughData, NotIdentified
from lamplighter.statistics.arrays.flags import has
from lamplighter.statistics.hazard_regression.cox import cox
from lamplighter.statistics.hazard_regression.cox_postestimation import (
    baseline,
    concordance_of,
    proportional_hazards,
    survival_of,
)
from lamplighter.statistics.hazard_regression.fine_gray import fine_gray
from lamplighter.statistics.survival.aalen_johansen import aalen_johansen
from lamplighter.statistics.survival.curve_tests import SCHEMES, gray, log_rank
from lamplighter.statistics.survival.kaplan_meier import kaplan_meier
from lamplighter.statistics.survival.restricted_mean import restricted_mean, time_lost
from lamplighter.statistics.survival.restricted_mean_comparison import compare
from tools.verify.survival_sets import DataSet

Quantities = Iterator[tuple[str, Any]]


def quantities(d: DataSet) -> Quantities:
    """Name and values of everything that R was asked for."""
    yield from _curves(d)
    yield from _compared(d)
    yield from _cox(d)
    yield from _predicted(d)
    if not d.delayed and (d.weight == 1).all():
        yield from _tests(d)
        yield from _fine_gray(d)


def _curves(d: DataSet) -> Quantities:
    entry = d.entry if d.delayed else None
    event = d.cause == 1
    km = kaplan_meier(d.time, event, entry=entry, weights=d.weight)
    yield "km.survival", km.survival
    yield "km.at_risk", km.at_risk
    yield "km.std_error", km.standard_error
    yield "km.lower", km.lower
    yield "km.upper", km.upper
    yield "km.hazard", km.hazard
    yield "km.hazard_error", km.hazard_error
    found = [km.quantile(p) for p in (0.1, 0.25, 0.5)]
    yield "km.quantile", [q.time for q in found]
    yield "km.quantile_limits", [q.lower for q in found] + [q.upper for q in found]
    mean = restricted_mean(d.time, event, d.horizon, entry=entry, weights=d.weight)
    yield "rmst", [mean.estimate, mean.standard_error]
    for kind in ("log", "plain"):
        f = kaplan_meier(d.time, event, entry=entry, weights=d.weight, limits=kind)
        yield f"km.{kind}_limits", np.concatenate([f.lower, f.upper])
    robust = kaplan_meier(d.time, event, entry=entry, weights=d.weight, clusters=d.ident)
    yield "km.cluster_error", robust.standard_error
    aj = aalen_johansen(d.time, d.cause, entry=entry, weights=d.weight)
    yield "aj.incidence", aj.incidence.T.reshape(-1)
    yield "aj.std_error", aj.standard_error.T.reshape(-1)
    yield "aj.lower", aj.lower.T.reshape(-1)
    yield "aj.upper", aj.upper.T.reshape(-1)
    lost = [time_lost(d.time, d.cause, d.horizon, of=c, entry=entry, weights=d.weight) for c in aj.causes]
    yield "time_lost", [value for one in lost for value in (one.estimate, one.standard_error)]
    clustered = aalen_johansen(d.time, d.cause, entry=entry, weights=d.weight, clusters=d.ident)
    yield "aj.cluster_error", clustered.standard_error.T.reshape(-1)


def _tests(d: DataSet) -> Quantities:
    for rho in (0, 1):
        for name, strata in (("", None), (".strata", d.stratum)):
            try:
                found = log_rank(d.time, d.cause == 1, d.group, strata=strata, rho=rho)
                yield f"log_rank{name}.{rho}", [found.statistic]
                found = gray(d.time, d.cause, d.group, strata=strata, rho=rho)
                yield f"gray{name}.{rho}", [found.statistic]
            except NotEnoughData:
                continue

    for scheme in ("fh", *SCHEMES[1:]):
        weights = {"rho": 0.5, "gamma": 1.5} if scheme == "fh" else {"scheme": scheme}
        try:
            yield f"log_rank.{scheme}", [log_rank(d.time, d.cause == 1, d.group, **weights).statistic]
        except NotEnoughData:
            continue


def _compared(d: DataSet) -> Quantities:
    if not np.isin([1, 2], d.group).all():
        return
    of = d.group <= 2
    horizon = min(d.horizon, *(float(d.time[d.group == g].max()) for g in (1, 2)))
    found = compare(
        d.time[of],
        d.cause[of] == 1,
        d.group[of] == 2,
        horizon,
        entry=d.entry[of] if d.delayed else None,
        weights=d.weight[of],
    )
    gap, ratio = found.difference, found.ratio
    if ratio is not None:
        values = [gap.estimate, gap.standard_error, np.log(ratio.estimate), ratio.log_standard_error]
        yield "rmst_compared", values
    lost = found.ratio_of_lost
    if lost is not None:
        yield "rmst_compared.lost", [np.log(lost.estimate), lost.log_standard_error]


def _predicted(d: DataSet) -> Quantities:
    days = d.time.max() * np.array([0.25, 0.5, 0.75, 1])
    for ties in ("efron", "breslow"):
        try:
            entry = d.entry if d.delayed else None
            fit = cox(d.time, d.cause == 1, d.x, entry=entry, weights=d.weight, ties=ties)
        except (NotIdentified, DidNotConverge):
            yield f"predicted_{ties}.refused", [1]
            continue
        if has(fit.flags, "monotone_likelihood"):
            yield f"predicted_{ties}.refused", [1]
            continue
        yield f"predicted_{ties}.survival", survival_of(fit, d.x[:3], days)


def _cox(d: DataSet) -> Quantities:
    entry = d.entry if d.delayed else None
    for ties in ("efron", "breslow", "exact"):
        if ties == "exact" and ((d.weight != 1).any() or d.time.size > 120):
            continue
        name = f"cox.{ties}"
        weights = None if ties == "exact" else d.weight
        arguments: dict[str, Any] = {"entry": entry, "weights": weights, "strata": d.stratum, "ties": ties}
        try:
            fit = cox(d.time, d.cause == 1, d.x, **arguments)
        except (NotIdentified, DidNotConverge):
            yield f"{name}.refused", [1]
            continue
        yield f"{name}.warned", [float(has(fit.flags, "monotone_likelihood"))]
        yield f"{name}.loglik", [fit.loglik_null, fit.loglik]
        yield f"{name}.score", [fit.score.statistic]
        yield f"{name}.coefficients", fit.coefficients
        yield f"{name}.std_errors", fit.standard_errors
        if ties == "exact":
            continue
        yield f"{name}.covariance", fit.covariance
        clustered = cox(d.time, d.cause == 1, d.x, clusters=d.ident, **arguments)
        yield f"{name}.cluster_covariance", clustered.covariance
        yield f"{name}.wald", [clustered.wald.statistic]
        for transform in ("km", "rank", "identity", "log"):
            try:
                test = proportional_hazards(fit, transform)
            except NotIdentified:
                continue
            yield f"{name}.ph.{transform}", [*(t.statistic for t in test.tests), test.overall.statistic]
        base = baseline(fit)
        ends = [base.hazard[base.stratum == s][-1] for s in np.unique(base.stratum)]
        yield f"{name}.baseline_end", ends
        yield f"{name}.concordance", [concordance_of(fit).index]


def _fine_gray(d: DataSet) -> Quantities:
    try:
        fit = fine_gray(d.time, d.cause, d.x)
    except (NotIdentified, DidNotConverge):
        yield "fine_gray.refused", [1]
        return
    if has(fit.flags, "monotone_likelihood"):
        yield "fine_gray.refused", [1]
        return
    yield "fine_gray.coefficients", fit.coefficients
    yield "fine_gray.covariance", fit.covariance
    yield "fine_gray.loglik", [fit.loglik_null, fit.loglik]
    yield "fine_gray.incidence", fit.incidence_of(d.x[:3])
    yield "fine_gray.cluster_covariance", fine_gray(d.time, d.cause, d.x, clusters=d.ident).covariance
