"""Does the maximum likelihood estimate of a logistic model exist? Decided, never guessed from a large number.

A design is separated when some combination of the terms puts no event below and no non-event above a line
(Albert and Anderson 1984): complete when every row is strictly on its own side, quasi-complete when some lie
on the line. A coefficient then runs off to infinity.

The decision is exact in both directions:

* **not separated** by a certificate (Stiemke's lemma): weights, all above zero, under which the signed rows
  sum to nothing. The residuals of a fit that exists are such weights once the rounding left in the score is
  taken out, so a fitted model proves its own existence in one product;
* **separated** by a linear programme (Konis 2007, in the form that finds every separated row at once), and
  two more for each coefficient, which say in which direction it is unbounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Bools, Floats
from lamplighter.statistics.arrays.errors import DidNotConverge
from lamplighter.statistics.arrays.pandas_rows import rows_alike
from lamplighter.statistics.regression.design_matrix import Design, read_design

NONE, QUASI, COMPLETE = "none", "quasi", "complete"
_MARGIN = 1e-7  # in units of the scaled columns: HiGHS holds its constraints to 1e-7


@dataclass(frozen=True, slots=True)
class Separation:
    """Hold whether and how a logistic model is separated.

    Attributes:
        kind: ``none``, ``quasi`` or ``complete``.
        terms: names of the coefficients that have no finite estimate.
        direction: a number a coefficient: 1 runs to plus infinity, -1 to minus infinity, 0 is finite, and
            NaN runs either way (only when separation is such that the two cannot be told apart).
        rows: how many rows are predicted perfectly on the way.
        n: how many rows there are.
        proof: ``certificate`` or ``linear programme``.
    """

    kind: str
    terms: tuple[str, ...]
    direction: tuple[float, ...]
    rows: int
    n: int
    proof: str

    def __bool__(self) -> bool:
        return self.kind != NONE


@rows_alike
def separation(outcome: Any, terms: Any, *, names: Any = None, intercept: bool = True) -> Separation:
    """Look for separation in a logistic model.

    Args:
        outcome: (rows,) 0 or 1.
        terms: (rows, terms), without the intercept.
        names: a name a term.
        intercept: whether the model has one.

    Raises:
        StatisticsError: as :func:`lamplighter.statistics.logistic`.
    """
    event = checks.numbers(outcome, "outcome")
    design = read_design(terms, event.size, names=names, intercept=intercept)
    return separation_of(checks.binary(event, "outcome"), design)


def separation_of(event: Bools, design: Design, residuals: Floats | None = None) -> Separation:
    """As :func:`separation`, of a design already read. ``residuals`` of a fit allow the short proof."""
    signed = np.where(event[:, None], design.matrix, -design.matrix)
    scale = np.abs(signed).max(axis=0)
    signed = signed / scale
    if residuals is not None and _certified(signed, np.abs(residuals)):
        return Separation(NONE, (), (0.0,) * design.columns, 0, design.rows, "certificate")
    return _by_programme(signed, design)


def without_maximum(count: Floats, mean: Floats | None, design: Design) -> tuple[str, ...]:
    """Names of the coefficients of a model of counts that have no finite estimate: rates that run to nothing.

    The same two proofs: a direction that lowers only rows of count zero, and leaves every other row as it is.

    Args:
        count: (rows,) counts.
        mean: (rows,) fitted, when the fit settled; allows the short proof.
    """
    none = count == 0
    some = design.matrix[~none]
    signed = np.vstack([-design.matrix[none], some, -some])
    scale = np.abs(design.matrix).max(axis=0)
    if mean is not None:
        left = design.weights * (count - mean)
        large = np.abs(left[~none]) + 1.0
        weights = np.r_[-left[none], (large + left[~none]) / 2, (large - left[~none]) / 2]
        if _certified(signed / scale, weights):
            return ()
    return _by_programme(signed / scale, design).terms


def _certified(signed: Floats, weights: Floats) -> bool:
    """Weights above zero with ``signed.T @ weights == 0`` prove that no line separates (Stiemke)."""
    gram = signed.T @ signed
    try:
        share = np.linalg.solve(gram, signed.T @ weights)
    except np.linalg.LinAlgError:
        return False
    put_right = weights - signed @ share
    left = np.abs(signed.T @ put_right).max()
    # what is left after the correction is rounding; the weights must stand well clear of it
    return bool(
        put_right.min() > 1e-9 and put_right.min() > 1e3 * left / max(1.0, float(len(weights))) ** 0.5
    )


def _by_programme(signed: Floats, design: Design) -> Separation:
    distinct, place = np.unique(signed, axis=0, return_inverse=True)
    # a model of counts asks of more rows than there are: nobody counts those
    held = design.held if design.held.size == place.size else np.ones(place.size)
    count = np.bincount(place.reshape(-1), weights=held)
    rows, columns = distinct.shape
    # maximise sum(s), 0 <= s <= 1, s <= distinct @ b, b free: a cone scales, so every separable row gets 1
    block = sparse.hstack([sparse.csr_matrix(-distinct), sparse.identity(rows, format="csr")], format="csr")
    cost = np.concatenate([np.zeros(columns), -np.ones(rows)])
    found = linprog(
        cost,
        A_ub=block,
        b_ub=np.zeros(rows),
        bounds=[(None, None)] * columns + [(0.0, 1.0)] * rows,
        method="highs",
    )
    if found.status != 0:
        raise DidNotConverge(
            "the linear programme of separation did not end", array="terms", remedy="Scale the terms."
        )
    apart = found.x[columns:] > 0.5  # 0 or 1 at the optimum; halfway is nowhere near either
    if not apart.any():
        return Separation(NONE, (), (0.0,) * design.columns, 0, design.rows, "linear programme")
    direction = _directions(distinct)
    names = tuple(name for name, way in zip(design.names, direction, strict=True) if way != 0)
    separated = int(count[apart].sum())
    kind = COMPLETE if separated == design.rows else QUASI
    return Separation(kind, names, direction, separated, design.rows, "linear programme")


def _directions(distinct: Floats) -> tuple[float, ...]:
    """For each coefficient, how far it can go either way within the cone of directions that separate."""
    columns = distinct.shape[1]
    out = []
    for j in range(columns):
        reach = []
        for sign in (1.0, -1.0):
            cost = np.zeros(columns)
            cost[j] = -sign
            far = linprog(
                cost, A_ub=-distinct, b_ub=np.zeros(len(distinct)), bounds=(-1.0, 1.0), method="highs"
            )
            reach.append(far.status == 0 and -far.fun > _MARGIN)
        up, down = reach
        out.append(float("nan") if up and down else 1.0 if up else -1.0 if down else 0.0)
    return tuple(out)
