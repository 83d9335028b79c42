"""The penalised likelihood of Firth's method: its maximum, constrained or not, and where its profile ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, special

from lamplighter.statistics.arrays.checks import Bools, Floats
from lamplighter.statistics.arrays.errors import DidNotConverge
from lamplighter.statistics.logistic_regression.logistic import log_likelihood_of

MOST_STEPS = 500
LONGEST_STEP = 5.0  # of a coefficient of a scaled column, in one step, as logistf
# Where a fit has settled, in twice the log-likelihood still to be won. A point of the profile needs its
# height only, and an error in the other coefficients enters that squared.
SETTLED = 1e-20
HEIGHT_SETTLED = 1e-13


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the penalised likelihood: coefficients, height, and steps it took to get there."""

    beta: Floats
    value: float
    steps: int


class Problem:
    """The penalised likelihood of one data set, over distinct rows."""

    def __init__(self, event: Bools, matrix: Floats, weights: Floats) -> None:
        self.matrix = matrix
        stacked = np.column_stack([matrix, event])
        distinct, place = np.unique(stacked, axis=0, return_inverse=True)
        if len(distinct) > 0.7 * len(stacked):  # nothing to gain
            self.x, self.y, self.w = matrix, event.astype(np.float64), weights
        else:
            self.x, self.y = np.ascontiguousarray(distinct[:, :-1]), distinct[:, -1]
            self.w = np.bincount(place.reshape(-1), weights=weights).astype(np.float64)

    def value(self, beta: Floats) -> tuple[float, Floats, Floats, Floats | None]:
        """Penalised log-likelihood, chances, working weights and the factor of the information."""
        linear = self.x @ beta
        chance = special.expit(linear)
        held = self.w * chance * (1 - chance)
        try:
            lower = np.linalg.cholesky(self.x.T @ (self.x * held[:, None]))
        except np.linalg.LinAlgError:
            return -np.inf, chance, held, None
        likelihood = log_likelihood_of(self.y == 1, linear, self.w)
        return likelihood + float(np.log(np.diag(lower)).sum()), chance, held, lower

    def fit(self, start: Floats, free: Bools, settled: float = SETTLED) -> Point:
        """Maximise over the free coefficients; the others stay where ``start`` has them.

        Steps with halving; each goes uphill by a share of what it promised, so that it cannot diverge.
        """
        beta = start.copy()
        now, chance, held, lower = self.value(beta)
        if lower is None:
            beta = np.where(free, 0.0, start)
            now, chance, held, lower = self.value(beta)
        if not free.any() or lower is None:
            return Point(beta, now, 0)
        for step_number in range(1, MOST_STEPS + 1):
            half = (self.x * np.sqrt(held)[:, None]) @ np.linalg.inv(lower).T
            leverage = np.einsum("ij,ij->i", half, half)
            residual = self.w * (self.y - chance) + leverage * (0.5 - chance)
            score = (self.x.T @ residual)[free]
            # The penalty curves like ``leverage`` more rows, half of them events. Without that a factor that
            # one row has makes steps twice too long, which go to and fro for ever.
            x = self.x[:, free]
            curved = held + leverage * chance * (1 - chance)
            move = np.linalg.solve(x.T @ (x * curved[:, None]), score)
            decrement = float(move @ score)
            if decrement < settled:
                return Point(beta, now, step_number)
            longest = np.abs(move).max()
            if longest > LONGEST_STEP:
                move = move * (LONGEST_STEP / longest)
            for halved in range(30):
                trial = beta.copy()
                trial[free] += move * 0.5**halved
                reached = self.value(trial)
                gained = reached[0] - now
                if gained >= 0.05 * 0.5**halved * decrement - 1e-13 * max(1.0, abs(now)):
                    break
            else:
                return Point(beta, now, step_number)  # at the top to the last digit
            beta = trial
            now, chance, held, lower = reached
            if lower is None:
                break
        raise DidNotConverge(
            f"the penalised likelihood did not settle in {MOST_STEPS} steps",
            array="terms",
            remedy="Scale the terms; report the data set to the authors: this should not happen.",
        )

    def slope(self, beta: Floats, j: int) -> Floats:
        """Change of every coefficient for a change of one in coefficient ``j``, along the profile."""
        lower = self.value(beta)[3]
        unit = np.zeros(beta.size)
        unit[j] = 1.0
        if lower is None:
            return unit
        column = linalg.cho_solve((lower, True), unit)
        return np.asarray(column / column[j])

    def limits(self, full: Point, j: int, spread: float, cut: float) -> tuple[float, float]:
        """Return where the profile has dropped by half of ``cut`` on either side of the estimate."""
        free = np.ones(full.beta.size, dtype=bool)
        free[j] = False
        stride = spread * float(np.sqrt(cut))
        return self._crossing(full, j, -stride, free, cut), self._crossing(full, j, stride, free, cut)

    def _crossing(self, full: Point, j: int, stride: float, free: Bools, cut: float) -> float:
        centre = float(full.beta[j])
        slope = self.slope(full.beta, j)  # how the others move along, to first order

        def height(at: float, near: Floats) -> tuple[float, Floats]:
            point = self.fit(near + slope * (at - near[j]), free, HEIGHT_SETTLED)
            # signed root of the drop, nearly a straight line, whose zero is the limit
            drop = max(2 * (full.value - point.value), 0.0)
            return float(np.sqrt(drop) - np.sqrt(cut)), point.beta

        inner, low, near = centre, -float(np.sqrt(cut)), full.beta
        outer = centre + stride
        for _ in range(60):
            high, beside = height(outer, near)
            if high >= 0:
                break
            inner, low, near = outer, high, beside
            outer = centre + (outer - centre) * 1.6
        else:
            return float(np.copysign(np.inf, stride))
        # Illinois: keeps the root between inner and outer
        kept = 0
        for _ in range(60):
            at = outer - high * (outer - inner) / (high - low)
            value, beside = height(at, near)
            if abs(value) < 1e-9 or abs(outer - inner) < 1e-11 * (1 + abs(at)):
                return at
            if value > 0:
                outer, high = at, value
                if kept == 1:
                    low /= 2
                kept = 1
            else:
                inner, low, near = at, value, beside
                if kept == -1:
                    high /= 2
                kept = -1
        return at
