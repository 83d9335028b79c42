"""Sums that cross a threshold when a level moves, and how often they do while it does not.

Of standard normal scores, ``up`` adds what each is above an allowance and never falls below nought; ``down``
the same below. An allowance of half the change looked for, in standard deviations, finds that change soonest.
The run length is the mean number of periods until either crosses although nothing changed: solved from its
integral equation, not simulated. What chance makes of a sum after so many periods is computed on a grid.

Sources: Page, Biometrika 1954, 41: 100-115; Kemp, JRSS B 1961, 23: 149-153 (both directions); Goel and Wu,
Technometrics 1971, 13: 221-230 (the equation); Grigg, Spiegelhalter and Jones, Statistics in Medicine 2009,
28: 3279-3299 (sums as p values for false discoveries).
"""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

Floats: TypeAlias = npt.NDArray[np.float64]
_NODES = 48
#: What chance makes of a sum: cells up to so high a sum, and periods after which nothing changes any more.
_CELLS, _HIGHEST, _SETTLED = 600, 12.0, 60


def sums(z: Floats, allowance: float) -> tuple[Floats, Floats]:
    """Return the sums upwards and downwards after each score."""
    up, down = np.zeros(len(z)), np.zeros(len(z))
    above = below = 0.0
    for i, score in enumerate(z):
        above, below = max(0.0, above + score - allowance), max(0.0, below - score - allowance)
        up[i], down[i] = above, below
    return up, down


def run_length(threshold: float, allowance: float) -> float:
    """Return the mean number of periods until either sum crosses, while nothing changes."""
    points, weights = np.polynomial.legendre.leggauss(_NODES)
    x, w = (points + 1) * threshold / 2, weights * threshold / 2
    start = np.append(0.0, x)
    # L(u) = 1 + L(0) Phi(k - u) + integral over (0, h) of L(x) phi(x + k - u)
    density = np.exp(-((x[None, :] + allowance - start[:, None]) ** 2) / 2) / np.sqrt(2 * np.pi)
    matrix = np.column_stack([special.ndtr(allowance - start), density * w])
    one = float(np.linalg.solve(np.eye(_NODES + 1) - matrix, np.ones(_NODES + 1))[0])
    # Either direction: the two sums are never both above nought by enough to matter (Kemp).
    return one / 2


@cache
def threshold(periods: float, allowance: float) -> float:
    """Return the threshold at which the run length is ``periods``. Raises ``ValueError`` for fewer than 5."""
    if periods < 5:
        raise ValueError(f"A run length of {periods} periods is less than 5: an alarm would say nothing.")
    found = optimize.brentq(lambda h: np.log(run_length(h, allowance) / periods), 0.01, 11.0, xtol=1e-9)
    return float(found)


@cache
def _by_chance(allowance: float) -> Floats:
    """Return for each number of periods up to the settled one the chance of a sum at or above each cell."""
    width = _HIGHEST / _CELLS
    middles = np.append(0.0, (np.arange(_CELLS) + 0.5) * width)
    edges = np.append(0.0, (np.arange(_CELLS) + 1) * width)
    reached = special.ndtr(edges[None, :] + allowance - middles[:, None])
    step = np.diff(reached, axis=1, prepend=0.0)
    step[:, -1] += 1 - reached[:, -1]
    law = np.zeros(_CELLS + 1)
    law[0] = 1.0
    rows = []
    for _ in range(_SETTLED):
        law = law @ step
        rows.append(np.append(law[::-1].cumsum()[::-1], 0.0))
    return np.asarray(rows)


def chance_of(sum_: float, periods: int, allowance: float) -> float:
    """Return the chance that a sum in one direction is at least so high after so many periods unchanged."""
    if sum_ <= 0 or periods < 1:
        return 1.0
    row = _by_chance(allowance)[min(periods, _SETTLED) - 1][1:]
    return float(np.interp(sum_, np.linspace(0.0, _HIGHEST, _CELLS + 1), row, right=float(row[-2])))
