"""Logistic regression by maximum likelihood, with a variance that holds when suspects and victims recur.

Newton's method on the log-likelihood with step halving. Whether the estimate exists is decided before it is
believed (``regression.separation``); when it does not, the coefficients concerned are given as plus or minus
infinity, the others as NaN, and the result is flagged: use Firth's method (``firth``).

Without clusters the variance is the inverse of the information, as R's ``glm``. With clusters it is the
sandwich (``regression.sandwich``), and limits use Student's t with G - 1 degrees of freedom.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import special, stats

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Bools, Floats
from lamplighter.statistics.arrays.errors import DidNotConverge, NotEnoughData
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.arrays.pandas_rows import rows_alike
from lamplighter.statistics.regression.design_matrix import (
    Cells,
    Design,
    Inside,
    offset_for,
    read_clusters,
    read_design,
)
from lamplighter.statistics.regression.patterns import Alike, alike, repeats
from lamplighter.statistics.regression.ratios import OddsRatios
from lamplighter.statistics.regression.sandwich import CORRECTIONS, Robust, sandwich
from lamplighter.statistics.regression.separation import Separation, separation_of

DEFAULT_CORRECTION = "CR3"
_MOST_STEPS = 60
WORTH_GROUPING = 2_000  # rows
FEW_EVENTS_PER_TERM = 10.0


@dataclass(frozen=True, slots=True)
class LogisticFit(OddsRatios):
    """A fitted logistic model. Arrays are in the order of ``names``; the intercept, when there is one, is
    first.

    Attributes:
        names: a name a coefficient.
        coefficients: log odds ratios; infinite where separated, NaN for the others of a separated model.
        covariance: their variance, as ``variance`` says.
        model_covariance: the inverse of the information, whatever ``variance`` says.
        standard_errors, lower, upper: at ``confidence``.
        statistics, p_values: Wald, against t with ``freedom`` degrees of freedom (normal when infinite).
        freedom: degrees of freedom of the reference distribution.
        n, events: rows, and rows with the outcome.
        clusters: numbers of clusters, a way.
        log_likelihood, null_log_likelihood: at the estimate, and of the intercept alone.
        probabilities: (n,) fitted. Case level: never for output.
        separation: what was found.
        events_per_term: the smaller of events and non-events, divided by the terms (without the intercept).
        variance: how the variance was made.
        confidence: level of the limits.
        flags: what a reader must be told.
        inside: coefficients and variances in the columns of ``design``, for the diagnostics.
        design: the design as fitted, rows that are alike together. Case level: never for output.
        cells: what became of each row of ``design``. Case level: never for output.
        outcome: (n,) as fitted. Case level: never for output.
    """

    names: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    model_covariance: Floats
    standard_errors: Floats
    lower: Floats
    upper: Floats
    statistics: Floats
    p_values: Floats
    freedom: float
    n: int
    events: int
    clusters: tuple[int, ...]
    log_likelihood: float
    null_log_likelihood: float
    probabilities: Floats = field(repr=False)
    separation: Separation
    events_per_term: float
    variance: str
    confidence: float
    flags: tuple[Flag, ...]
    design: Design = field(repr=False)
    outcome: Bools = field(repr=False)
    ways: tuple[Any, ...] = field(repr=False)
    correction: str
    inside: Inside = field(repr=False)
    cells: Cells = field(repr=False)

    @property
    def aic(self) -> float:
        """Akaike's criterion; NaN when the model is separated, which has no maximum."""
        return float("nan") if self.separation else 2.0 * len(self.names) - 2.0 * self.log_likelihood


@rows_alike
def logistic(
    outcome: Any,
    terms: Any,
    *,
    names: Any = None,
    weights: Any = None,
    exposure: Any = None,
    clusters: Any = None,
    correction: str = DEFAULT_CORRECTION,
    robust: bool = False,
    intercept: bool = True,
    confidence: float = 0.95,
) -> LogisticFit:
    """Fit a logistic model.

    Args:
        outcome: (rows,) 0 or 1.
        terms: (rows, terms) numbers, without the intercept.
        names: a name a term.
        weights: case weights above zero (a row of weight 3 stands for three). A robust variance takes each
            row as one unit.
        exposure: odds that multiply (an offset is its logarithm); rarely wanted.
        clusters: a label a row (suspect), or a tuple of two such (suspect, victim). A row whose suspect is
            not known needs a label of its own.
        correction: small-sample correction of a robust variance, one of ``CR0``, ``CR1``, ``CR2``, ``CR3``.
        robust: without clusters, take the variance robust by row (HC) instead of the inverse information.
        intercept: whether the model has one.
        confidence: level of the limits.

    Raises:
        NotEnoughData: no rows, the same outcome in every row, one cluster.
        NotIdentified: a constant or dependent column, named.
        ValueRefused, NotAnArray, OptionRefused: as they say.
    """
    level = checks.level(confidence)
    checks.choice(correction, CORRECTIONS, "correction")
    event = checks.binary(outcome, "outcome")
    together = None if weights is not None or exposure is not None else _together(event, terms)
    if together is None:
        of, seen = None, event
        design = read_design(terms, event.size, names=names, weights=weights, intercept=intercept)
        offset = offset_for(exposure, event.size)
    else:
        of, first = together.of, together.first
        seen, offset = event[first], np.zeros(first.size)
        design = read_design(
            terms[first],
            first.size,
            names=names,
            intercept=intercept,
            held=together.counts().astype(np.float64),
        )
    refuse_constant(event)
    ways = read_clusters(clusters, event.size)
    fitted = maximise(seen, design, offset)
    residuals = (seen - fitted.probabilities) * design.weights
    found = separation_of(seen, design, residuals if fitted.converged else None)
    flags = events_flags(event, design)
    if not found and not fitted.converged:
        raise DidNotConverge(
            "the likelihood has a maximum that was not reached", array="terms", remedy="Scale the terms."
        )
    k = design.columns
    beta, model = fitted.beta, fitted.bread
    if found:
        beta = np.array([np.inf * way if way else np.nan for way in found.direction])
        model = np.full((k, k), np.nan)
        flags.insert(0, separation_flag(found))
        made = Robust(model, tuple(int(w.max()) + 1 for w in ways), np.inf, "none: no estimate exists", ())
    elif ways or robust:
        row = design.weights if of is None else np.ones(seen.size)
        information = row * fitted.probabilities * (1 - fitted.probabilities)
        residuals = (seen - fitted.probabilities) * row
        made = sandwich(model, design.matrix, residuals, information, ways, correction, of)
    else:
        made = Robust(model, (), np.inf, "inverse of the information", ())
    inside = Inside(beta, made.covariance, model)
    beta, covariance = design.outward(beta), design.outward_covariance(made.covariance)
    model = design.outward_covariance(model)
    errors, low, high, statistic, p = wald(beta, covariance, made.freedom, level)
    if found:  # nothing is known of the one side it did not run to, and nothing of the others
        low, high = np.full(k, -np.inf), np.full(k, np.inf)
    return LogisticFit(
        names=design.names,
        coefficients=beta,
        covariance=covariance,
        model_covariance=model,
        standard_errors=errors,
        lower=low,
        upper=high,
        statistics=statistic,
        p_values=p,
        freedom=made.freedom,
        n=event.size,
        events=int(event.sum()),
        clusters=made.clusters,
        log_likelihood=fitted.log_likelihood,
        null_log_likelihood=null_log_likelihood(seen, design, offset),
        probabilities=fitted.probabilities if of is None else fitted.probabilities[of],
        separation=found,
        events_per_term=events_per_term(event, design),
        variance=made.description,
        confidence=level,
        flags=(*flags, *made.flags),
        design=design,
        outcome=event,
        ways=ways,
        correction=correction,
        inside=inside,
        cells=Cells(seen, fitted.probabilities, offset, of),
    )


def _together(event: Bools, terms: Any) -> Alike | None:
    """Rows of an array that are alike, outcome included; ``None`` where grouping them gains nothing."""
    rows = event.size
    if not isinstance(terms, np.ndarray) or terms.ndim != 2 or terms.shape[0] != rows or not terms.shape[1]:
        return None
    if rows < WORTH_GROUPING or terms.dtype.kind not in "biuf" or not repeats(terms):
        return None
    if terms.dtype.kind == "f" and not np.isfinite(terms).all():
        return None
    found = alike(terms, event)
    return found if found.groups < rows / 2 else None


@dataclass(frozen=True, slots=True)
class Maximum:
    """Hold where the likelihood is greatest, with the inverse of the information there."""

    beta: Floats
    bread: Floats
    probabilities: Floats
    log_likelihood: float
    converged: bool


def log_likelihood_of(event: Bools, linear: Floats, weights: Floats) -> float:
    """Sum of weighted log-likelihoods, without overflow at large linear predictors."""
    return float(-(weights * np.logaddexp(0.0, np.where(event, -linear, linear))).sum())


def maximise(event: Bools, design: Design, offset: Floats) -> Maximum:
    """Newton's method with step halving; ``converged`` is false when there is no maximum to be reached."""
    matrix, weights = design.matrix, design.weights
    k = design.columns
    beta = np.zeros(k)
    linear = offset.copy()
    now = log_likelihood_of(event, linear, weights)
    for _ in range(_MOST_STEPS):
        chance = special.expit(linear)
        score = matrix.T @ (weights * (event - chance))
        held = weights * chance * (1 - chance)
        information = matrix.T @ (matrix * held[:, None])
        try:
            step = np.linalg.solve(information, score)
        except np.linalg.LinAlgError:
            break
        decrement = float(step @ score)
        if not np.isfinite(decrement) or decrement < 0:
            break
        if decrement < 1e-20 * max(1.0, abs(now)):
            return Maximum(beta, np.linalg.inv(information), chance, now, True)
        for halved in range(40):
            trial = beta + step * 0.5**halved
            reached = matrix @ trial + offset
            new = log_likelihood_of(event, reached, weights)
            if new >= now - 1e-12 * abs(now):
                break
        else:
            break
        at_rest = decrement < 1e-12 and halved == 0
        beta, linear, now = trial, reached, new
        if at_rest:  # this step was quadratic: what is left is rounding
            chance = special.expit(linear)
            held = weights * chance * (1 - chance)
            information = matrix.T @ (matrix * held[:, None])
            try:
                return Maximum(beta, np.linalg.inv(information), chance, now, True)
            except np.linalg.LinAlgError:
                break
        if (
            np.abs(beta * np.abs(matrix).max(axis=0)).max() > 700
        ):  # running off: the caller looks for separation
            break
    return Maximum(beta, np.full((k, k), np.nan), special.expit(linear), now, False)


def refuse_constant(event: Bools) -> None:
    """Refuse an outcome that is the same in every row."""
    if event.all() or not event.any():
        raise NotEnoughData(
            f"the outcome is {int(event[0])} in every row",
            array="outcome",
            remedy="Nothing predicts an outcome that never differs: widen the cohort.",
        )


def events_per_term(event: Bools, design: Design) -> float:
    """Return the smaller of events and non-events, a term (the intercept not counted)."""
    terms = design.columns - int(design.intercept)
    rarer = float(min(event.sum(), event.size - event.sum()))
    return rarer / terms if terms else np.inf


def events_flags(event: Bools, design: Design) -> list[Flag]:
    """Return a flag when there are few events a term."""
    found = events_per_term(event, design)
    if found >= FEW_EVENTS_PER_TERM:
        return []
    return [
        Flag(
            "few_events_per_term",
            f"{found:.1f} events a term, below {FEW_EVENTS_PER_TERM:.0f}: report Firth's method.",
        )
    ]


def separation_flag(found: Separation) -> Flag:
    """Return the flag of a separated model."""
    return Flag(
        "separation",
        f"{'Complete' if found.kind == 'complete' else 'Quasi-complete'} separation: no finite maximum "
        f"likelihood estimate for {', '.join(found.terms)}. Use Firth's method.",
    )


def null_log_likelihood(event: Bools, design: Design, offset: Floats) -> float:
    """Log-likelihood of the intercept alone (of nothing, when the model has none)."""
    if not design.intercept:
        return log_likelihood_of(event, offset, design.weights)
    if not offset.any():
        total, yes = float(design.weights.sum()), float(design.weights[event].sum())
        return float(special.xlogy(yes, yes / total) + special.xlogy(total - yes, 1 - yes / total))
    alone = Design(np.ones((event.size, 1)), ("intercept",), design.weights, True, design.held)
    return maximise(event, alone, offset).log_likelihood


def wald(
    beta: Floats, covariance: Floats, freedom: float, confidence: float
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Standard errors, limits, statistics and p-values; t with ``freedom`` degrees of freedom."""
    errors = np.sqrt(np.clip(np.diag(covariance), 0.0, None))  # a variance of nothing can be -1e-20
    law = stats.norm if np.isinf(freedom) else stats.t(freedom)
    z = float(law.ppf((1 + confidence) / 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = beta / errors
        p = 2 * law.sf(np.abs(statistic))
        return errors, beta - z * errors, beta + z * errors, statistic, np.asarray(p)
