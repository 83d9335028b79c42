"""Newton's method for a concave log likelihood, with the signs of a coefficient that has no finite value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.arrays.errors import DidNotConverge
from lamplighter.statistics.arrays.linear_algebra import refuse_unidentified, solve

Evaluate = Callable[[Floats], "tuple[float, Floats, Floats, Floats] | None"]

_MOST = 60
_RUNAWAY_GAIN = 1e-8  # the likelihood has settled ...
_FAR = 300.0  # the linear predictor from end to end of a column
_ROUNDING = 1e-10
_BLURRED = 1e-5  # a gain below this cannot be told from rounding where hazards lie far apart
_RUNAWAY_STEP = 0.05  # ... and a coefficient still moves the linear predictor by this much a step


@dataclass(frozen=True, slots=True)
class Found:
    """Hold where Newton's method ended: coefficients, log likelihoods, score test, information, steps.

    ``runaway`` lists the columns whose coefficient grows for ever while the likelihood stands still.
    ``rounded``: what rounding leaves of the likelihood let no step come nearer.
    """

    beta: Floats
    loglik_null: float
    loglik: float
    score_null: float
    information: Floats
    iterations: int
    runaway: tuple[int, ...]
    rounded: bool = False


def maximise(evaluate: Evaluate, spread: Floats, events: int, names: tuple[str, ...]) -> Found:
    """Maximise from zero.

    Args:
        evaluate: gives log likelihood, score, information, and how much information each column would carry
            if nothing explained it (see :func:`refuse_unidentified`), or None on overflow.
        spread: (p,) range of each column, to judge a step by what it does to the linear predictor.
        events: how many; more of them allow an earlier stop for the same precision.
        names: of the columns.

    Raises:
        NotIdentified: a column is constant or a combination of others.
        DidNotConverge: no settled value after 60 steps, and no runaway coefficient either.
    """
    beta = np.zeros(spread.size)
    first = evaluate(beta)
    assert first is not None  # zero cannot overflow
    loglik, score, information, size = first
    refuse_unidentified(information, size, names)
    null = loglik
    score_null: float | None = None
    enough = min(1e-10, 1e-20 * events**2)
    for iteration in range(1, _MOST + 1):
        step = solve(information, score)
        if step is None:
            return Found(beta, null, loglik, score_null or 0.0, information, iteration, _flat(information))
        gain = float(step @ score)
        if score_null is None:
            score_null = gain
        if gain < enough:
            moving = _moving(step, spread)
            beta = beta if moving else beta + step
            return Found(beta, null, loglik, score_null, information, iteration, moving)
        if gain < _RUNAWAY_GAIN and (moving := _moving(step, spread)):
            return Found(beta, null, loglik, score_null, information, iteration, moving)
        for _ in range(40):
            # A step too far may overflow: it is not taken, and nobody needs to be warned of it.
            with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
                tried = evaluate(beta + step)
            if tried is not None and _higher(tried, loglik):
                break
            step = step / 2
        else:
            if far := _far(beta, spread):
                return Found(beta, null, loglik, score_null, information, iteration, far)
            if gain < _BLURRED:
                return Found(beta, null, loglik, score_null, information, iteration, (), rounded=True)
            raise DidNotConverge(
                "no step raises the likelihood", remedy="Look for extreme values in a column."
            )
        beta = beta + step
        loglik, score, information, _ = tried
    # Rounding keeps the last steps alive; they change nothing that is shown.
    if step is not None and gain < _ROUNDING:
        moving = _moving(step, spread)
        return Found(beta, null, loglik, score_null or 0.0, information, _MOST, moving, rounded=True)
    if far := _far(beta, spread):
        return Found(beta, null, loglik, score_null or 0.0, information, _MOST, far)
    raise DidNotConverge(f"not settled after {_MOST} steps", remedy="Look for extreme values in a column.")


def _higher(tried: tuple[float, Floats, Floats, Floats], loglik: float) -> bool:
    """Whether a step was worth taking, and led to numbers that can be worked with."""
    return tried[0] >= loglik - 1e-12 * (1 + abs(loglik)) and bool(np.isfinite(tried[2]).all())


def _far(beta: Floats, spread: Floats) -> tuple[int, ...]:
    """Columns whose extremes have hazards so far apart that numbers no longer hold their squares."""
    return tuple(int(j) for j in np.flatnonzero(np.abs(beta) * spread > _FAR))


def _moving(step: Floats, spread: Floats) -> tuple[int, ...]:
    return tuple(int(j) for j in np.flatnonzero(np.abs(step) * spread > _RUNAWAY_STEP))


def _flat(information: Floats) -> tuple[int, ...]:
    """Return the columns that make up the direction in which the likelihood is flat."""
    _, vectors = np.linalg.eigh(np.nan_to_num(information))
    weakest = np.abs(vectors[:, 0])
    return tuple(int(j) for j in np.flatnonzero(weakest > 0.1 * weakest.max()))
