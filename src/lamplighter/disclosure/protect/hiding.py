"""The cheapest further cells to hide, by integer programme with cuts (after Fischetti and Salazar, 2000).

A master programme chooses the cells; linear programmes try to pin down every hidden cell; whatever pins one
down becomes a cut. At the end every hidden cell can move by its width, in whole numbers too, and the master's
bound says how far from the cheapest the choice can be at most. Where the two are slow to meet, a choice on
the way is completed: cells are added until it is safe, then those that prove needless are shown again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lamplighter.disclosure.protect.cutting import (
    Problem,
    can_move,
    master,
    met,
    mover_for,
    of_single_rows,
    pinned,
    told_anyway,
)
from lamplighter.disclosure.protect.widths import Mover

#: The master is solved to within this share of its optimum, and the finer one when nothing more is pinned
#: down but the choice is further than ``NEAR_ENOUGH`` from the proved bound.
GAPS = (0.05, 0.01)
NEAR_ENOUGH = 1.06
#: Limits count work, not time: the same release is protected the same way on a slow machine. A choice is
#: completed every so many rounds; after ``ROUNDS`` one that is ``FAIR`` will do, after ``MOST_ROUNDS`` any.
COMPLETED_EVERY = 10
ROUNDS = 60
FAIR = 1.15
MOST_ROUNDS = 180

Cells = NDArray[np.bool_]


@dataclass
class Choice:
    """Hold which unknowns are hidden, what that costs, the least that any safe choice must cost, and the
    targets that nothing in this release can protect."""

    hidden: Cells
    cost: float
    bound: float
    rounds: int
    beyond_help: list[int] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Cost over the proved bound; 1.0 is the cheapest."""
        return self.cost / self.bound if self.bound > 0 else 1.0


def choose(problem: Problem, *, seed: int = 0, rounds: int = ROUNDS) -> Choice:
    """Choose the cells to hide: within ``NEAR_ENOUGH`` of the cheapest, or the best that is found in
    ``rounds`` (three times as many when that is not ``FAIR``)."""
    return _Search(problem, seed).run(rounds)


class _Search:
    """One problem, the cuts found so far, and the cheapest safe choice so far."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self.problem = problem
        self.beyond = set(np.flatnonzero((problem.must | problem.guard) & ~can_move(problem)).tolist())
        self.cuts = of_single_rows(problem, self.beyond)
        self.rng = np.random.default_rng(seed)
        self.mover: Mover | None = None
        self.best: Cells | None = None
        self.bound = 0.0

    def run(self, rounds: int) -> Choice:
        nothing = np.zeros(len(self.problem.cost), bool)
        gap, done = GAPS[0], 0
        while True:
            done += 1
            hidden, proved = master(self.problem, self.cuts, nothing, gap)
            if hidden is None:
                self._give_up_some()
                continue
            self.bound = max(self.bound, proved)
            safe = self._safe(hidden)
            if safe:
                self._keep(hidden)
                if self._far(NEAR_ENOUGH):
                    self._keep(self._shown_again(hidden))
            elif done % COMPLETED_EVERY == 0 or done >= rounds:
                whole = self._completed(hidden)
                if whole is not None:
                    self._keep(self._shown_again(whole))
            if self.best is not None and (
                not self._far(NEAR_ENOUGH)
                or (safe and gap == GAPS[1])
                or (done >= rounds and not self._far(FAIR))
                or done >= max(rounds, MOST_ROUNDS * rounds // ROUNDS)
            ):
                cost = self._cost(self.best)
                return Choice(self.best, cost, self.bound, done, sorted(self.beyond))
            if safe:
                gap = GAPS[1]

    def _safe(self, hidden: Cells) -> bool:
        """Whether nothing hidden is pinned down; what pins it down is cut off."""
        self.mover = mover_for(self.problem, hidden, self.mover)
        new = pinned(self.problem, hidden, self.mover, self.beyond, self.rng)
        self.cuts += new
        return not new

    def _completed(self, hidden: Cells) -> Cells | None:
        """Return the choice and the cheapest cells that make it safe, added step by step; some have none."""
        while not self._safe(hidden):
            more, _ = master(self.problem, self.cuts, hidden, GAPS[0])
            if more is None:
                return None
            hidden = more
        return hidden

    def _shown_again(self, hidden: Cells) -> Cells:
        """Return a safe choice without the cells that nothing needs, the dearest first."""
        needless = hidden & ~self.problem.must
        for i in sorted(np.flatnonzero(needless).tolist(), key=lambda i: (-self.problem.cost[i], i)):
            fewer = hidden.copy()
            fewer[i] = False
            if met(self.problem, self.cuts, fewer) and self._safe(fewer):
                hidden = fewer
        return hidden

    def _keep(self, safe: Cells) -> None:
        if self.best is None or self._cost(safe) < self._cost(self.best):
            self.best = safe

    def _far(self, ratio: float) -> bool:
        return self.best is None or self._cost(self.best) > ratio * self.bound

    def _cost(self, hidden: Cells) -> float:
        return float(self.problem.cost[hidden].sum())

    def _give_up_some(self) -> None:
        """Nothing this release may hide protects some target: an earlier release tells it already."""
        self.beyond |= told_anyway(self.problem, self.beyond)
        self.cuts = [cut for cut in self.cuts if cut.target not in self.beyond]
        self.bound = 0.0
