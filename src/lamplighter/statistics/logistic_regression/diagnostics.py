"""Can a logistic model be believed? Shared variance, calibration, form, and how much rests on one suspect.

Everything here is an aggregate: nothing names or prints a row or a cluster.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Floats, Ints
from lamplighter.statistics.arrays.errors import NotEnoughData, NotIdentified
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.logistic_regression.logistic import WORTH_GROUPING, LogisticFit, logistic
from lamplighter.statistics.regression.design_matrix import INTERCEPT, read_groups
from lamplighter.statistics.regression.patterns import alike, by_cluster, repeats

HIGH_VIF = 10.0


@dataclass(frozen=True, slots=True)
class Vif:
    """Variance inflation. ``values`` by term or factor (generalised, Fox and Monette 1992); ``per_degree`` is
    value ** (1 / (2 degrees)), to be compared with the root of a plain VIF."""

    names: tuple[str, ...]
    degrees: tuple[int, ...]
    values: Floats
    per_degree: Floats
    flags: tuple[Flag, ...]


def variance_inflation(terms: Any, *, names: Any = None, groups: Any = None) -> Vif:
    """VIF of each term, or the generalised VIF of each factor, from the correlation of the terms.

    Args:
        terms: (rows, terms), two terms or more, without the intercept.
        groups: ``{"relationship": ("ex", "stranger")}``: indicators of one factor.
    """
    given = checks.columns(terms, None, "terms")
    called = checks.names_for(given.shape[1], names, terms)
    checks.some(given.shape[0], "terms", 3)
    if (np.ptp(given, axis=0) == 0).any():
        j = int(np.argmax(np.ptp(given, axis=0) == 0))
        raise NotIdentified(f"'{called[j]}' is constant", array="terms", remedy="Leave it out.")
    factors = read_groups(groups, called)
    member = {j for columns in factors.values() for j in columns}
    units = {name: (j,) for j, name in enumerate(called) if j not in member} | factors
    correlation = _correlation(given)
    whole = np.linalg.slogdet(correlation)
    values = []
    for columns in units.values():
        rest = [j for j in range(len(called)) if j not in columns]
        own = np.linalg.slogdet(correlation[np.ix_(columns, columns)])[1]
        other = np.linalg.slogdet(correlation[np.ix_(rest, rest)])[1] if rest else 0.0
        values.append(float(np.exp(own + other - whole[1])) if whole[0] > 0 else np.inf)
    degrees = tuple(len(columns) for columns in units.values())
    found = np.array(values)
    per_degree = found ** (1 / (2 * np.array(degrees)))
    high = [n for n, v in zip(units, per_degree, strict=True) if v**2 > HIGH_VIF]
    flags = (
        (Flag("shared_variance", f"VIF above {HIGH_VIF:.0f}: {', '.join(high)} say much the same."),)
        if high
        else ()
    )
    return Vif(tuple(units), degrees, found, per_degree, flags)


def _correlation(given: Floats) -> Floats:
    """Correlation of columns, (k, k); many rows that are alike are counted first."""
    if given.shape[0] < WORTH_GROUPING or not repeats(given):
        return np.atleast_2d(np.corrcoef(given, rowvar=False))
    patterns = alike(given)
    covariance = np.atleast_2d(np.cov(given[patterns.first], rowvar=False, fweights=patterns.counts()))
    root = np.sqrt(np.diag(covariance))
    return np.asarray(covariance / np.outer(root, root))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Do chances come true?

    Attributes:
        counts, observed, expected: of each group of rising chance: rows, events, and chances added up. A
            small group is disclosive: these go through the disclosure engine like any table.
        statistic, freedom, p_value: Hosmer and Lemeshow's test.
        brier: mean squared error. c_statistic: chance that an event has a higher chance than a non-event.
    """

    counts: Ints
    observed: Floats
    expected: Floats
    statistic: float
    freedom: int
    p_value: float
    brier: float
    c_statistic: float


def calibration(fit: LogisticFit, *, groups: int = 10) -> Calibration:
    """Calibration of a fitted model in ``groups`` groups of equal size; ties in chance stay together.

    Raises:
        NotEnoughData: fewer than three distinct groups.
    """
    chance, event = fit.probabilities, fit.outcome.astype(np.float64)
    edges = np.quantile(chance, np.linspace(0, 1, groups + 1))
    edges = edges[np.r_[True, np.diff(edges) > 1e-11]] + 1e-12  # a chance within rounding of an edge is on it
    edges[0] -= 2e-12
    if edges.size < 4:
        raise NotEnoughData(
            "fewer than three groups of chance",
            array="fit",
            remedy="Compare observed with expected by level.",
        )
    group = np.clip(np.searchsorted(edges, chance, side="left") - 1, 0, edges.size - 2)
    count = np.bincount(group, minlength=edges.size - 1)
    held = count > 0
    observed = np.bincount(group, event, edges.size - 1)[held].astype(np.float64)
    expected = np.bincount(group, chance, edges.size - 1)[held].astype(np.float64)
    count = count[held]
    statistic = float(((observed - expected) ** 2 / (expected * (1 - expected / count))).sum())
    freedom = int(count.size - 2)
    ranks = stats.rankdata(chance)
    yes = float(event.sum())
    c = (ranks[fit.outcome].sum() - yes * (yes + 1) / 2) / (yes * (event.size - yes))
    return Calibration(
        counts=count.astype(np.int64),
        observed=observed,
        expected=expected,
        statistic=statistic,
        freedom=freedom,
        p_value=float(stats.chi2.sf(statistic, freedom)),
        brier=float(((event - chance) ** 2).mean()),
        c_statistic=float(c),
    )


@dataclass(frozen=True, slots=True)
class LinkTest:
    """Pregibon's link test: the square of the linear predictor should add nothing.

    Attributes:
        coefficient, standard_error, statistic, p_value: of the square.
        flags: ``form`` when the p-value is below 0.05.
    """

    coefficient: float
    standard_error: float
    statistic: float
    p_value: float
    flags: tuple[Flag, ...]


def link_test(fit: LogisticFit) -> LinkTest:
    """Refit on the linear predictor and its square, with the clusters of the fit.

    Raises:
        NotIdentified: the predictor has two values only, so that its square is no second term.
    """
    if fit.separation:
        raise NotIdentified("the model is separated", array="fit", remedy="Use firth().")
    linear = fit.design.matrix @ fit.inside.beta
    if np.unique(np.round(linear, 12)).size < 3:
        raise NotIdentified(
            "the linear predictor has two values only",
            array="fit",
            remedy="Nothing to test with one indicator.",
        )
    alone = fit.cells.of is None
    again = logistic(
        fit.outcome,
        fit.cells.rows(np.column_stack([linear, linear**2])),
        names=("linear", "square"),
        weights=fit.design.weights if alone else None,
        exposure=np.exp(fit.cells.offset) if alone else None,
        clusters=fit.ways or None,
        correction=fit.correction,
    )
    j = again.at("square")
    p = float(again.p_values[j])
    flags = (
        (Flag("form", "The link test finds a curve or an interaction that the terms leave out."),)
        if p < 0.05
        else ()
    )
    return LinkTest(
        float(again.coefficients[j]),
        float(again.standard_errors[j]),
        float(again.statistics[j]),
        p,
        flags,
    )


@dataclass(frozen=True, slots=True)
class Influence:
    """Hold how much rests on one row or one cluster. Aggregates only.

    Attributes:
        names: coefficients.
        largest: largest change of each coefficient when one unit is left out (one Newton step), in its
            standard errors.
        above: how many units change some coefficient by more than ``threshold`` standard errors.
        units: how many units there are. unit: ``rows`` or ``clusters``.
        threshold: in standard errors.
        flags: ``influence`` when one unit moves a term by more than one standard error.
    """

    names: tuple[str, ...]
    largest: Floats
    above: int
    units: int
    unit: str
    threshold: float
    flags: tuple[Flag, ...]


def influence(fit: LogisticFit, *, threshold: float = 0.5) -> Influence:
    """Largest influence of one cluster (of one row, without clusters) on each coefficient."""
    if fit.separation:
        raise NotIdentified("the model is separated", array="fit", remedy="Use firth().")
    matrix, cells = fit.design.matrix, fit.cells
    chance, row = cells.probabilities, fit.design.weights if cells.of is None else 1.0
    score = matrix * (row * (cells.event - chance))[:, None]
    of = np.arange(fit.n) if cells.of is None else cells.of
    way = fit.ways[0] if fit.ways else np.arange(fit.n)
    size = int(way.max()) + 1
    if size == fit.n:
        held = row * chance * (1 - chance)
        leverage = np.einsum("ij,jk,ik->i", matrix, fit.inside.model, matrix, optimize=True) * held
        score = score / np.clip(1 - leverage, 1e-8, None)[:, None]
    errors = np.sqrt(np.clip(np.diag(fit.inside.covariance), 0.0, None))
    change = score @ fit.inside.model / errors
    terms = [j for j, name in enumerate(fit.names) if name != INTERCEPT]
    largest, above = np.zeros(len(fit.names)), 0
    for moved in by_cluster(change, of, way, size):
        largest = np.maximum(largest, np.abs(moved).max(axis=0))
        above += int((np.abs(moved[:, terms]) > threshold).any(axis=1).sum()) if terms else 0
    unit = "clusters" if fit.ways else "rows"
    strong = [fit.names[j] for j in terms if largest[j] > 1]
    flags = (
        (
            Flag(
                "influence",
                f"Leaving out one of the {unit} moves {', '.join(strong)} by over a standard error.",
            ),
        )
        if strong
        else ()
    )
    return Influence(fit.names, largest, above, size, unit, threshold, flags)


@dataclass(frozen=True, slots=True)
class Choice:
    """Hold which estimator to report: ``logistic`` or ``firth``. ``reason`` is a sentence."""

    estimator: str
    reason: str


def which_estimator(fit: LogisticFit) -> Choice:
    """Firth's method when the model is separated or has few events a term; maximum likelihood otherwise."""
    if fit.separation:
        return Choice("firth", f"Separated: no finite estimate for {', '.join(fit.separation.terms)}.")
    for flag in fit.flags:
        if flag.code == "few_events_per_term":
            return Choice("firth", flag.text)
    return Choice("logistic", f"{fit.events_per_term:.0f} events a term and no separation.")
