"""The cheapest further cells to hide, by integer programme with cuts (after Fischetti and Salazar, 2000).

A master programme chooses the cells; linear programmes try to pin down every hidden cell; whatever pins one
down becomes a cut that every safe choice must meet: hide enough of what held it. At the end every hidden cell
can move by its width, in whole numbers too, and the master's bound says how far from the cheapest the choice
can be at most.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from lamplighter.disclosure.protect.widths import COLUMNS, NEAR, Floats, Held, Mover

#: The master is solved to within this share of its optimum, and the finer one when nothing more is pinned
#: down but the choice is further than ``NEAR_ENOUGH`` from the proved bound.
GAPS = (0.05, 0.01)
NEAR_ENOUGH = 1.06
#: Limits count work, not time: the same release is protected the same way on a slow machine.
MASTER_NODES = 3_000
#: In a big problem, so many new cuts are enough for another look at the master.
CUTS_A_ROUND = 150
ROUNDS = 60


@dataclass(frozen=True)
class Problem:
    """What is to be chosen.

    ``rows`` are the sums (equal to 0); ``outer_*`` bound an unknown that is hidden, ``inner_*`` one that is
    printed; ``may`` are those this release would print, ``must`` those that may not be shown, ``guard``
    further unknowns that must stay uncertain; ``width`` is how uncertain, ``cost`` what hiding one costs.
    """

    rows: csr_array
    outer_low: Floats
    outer_high: Floats
    inner_low: Floats
    inner_high: Floats
    may: NDArray[np.bool_]
    must: NDArray[np.bool_]
    guard: NDArray[np.bool_]
    width: Floats
    cost: Floats
    whole: NDArray[np.bool_]


@dataclass(frozen=True)
class _Cut:
    """Hidden cells ``at``, weighed, must come to 1 when the target is hidden (always, if it must be)."""

    target: int
    at: NDArray[np.intp]
    weight: Floats


@dataclass
class Choice:
    """Which unknowns are hidden, what that costs, the least that any safe choice must cost, and the targets
    that nothing in this release can protect."""

    hidden: NDArray[np.bool_]
    cost: float
    bound: float
    rounds: int
    beyond_help: list[int] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Cost over the proved bound; 1.0 is the cheapest."""
        return self.cost / self.bound if self.bound > 0 else 1.0


def choose(problem: Problem, *, seed: int = 0, rounds: int = ROUNDS) -> Choice:
    """Choose the cells to hide. After ``rounds`` no cell is shown again and cells are only added."""
    n = len(problem.cost)
    beyond = set(np.flatnonzero((problem.must | problem.guard) & ~_can_move(problem)).tolist())
    cuts = _of_single_rows(problem, beyond)
    done, bound = 0, 0.0
    kept = np.zeros(n, bool)
    rng = np.random.default_rng(seed)
    mover: Mover | None = None
    gap = GAPS[0]
    while True:
        done += 1
        hidden, proved = _master(problem, cuts, kept, gap)
        if hidden is None:
            # Nothing this release may hide protects some target: an earlier release tells it already.
            beyond |= _told_anyway(problem, beyond)
            cuts = [cut for cut in cuts if cut.target not in beyond]
            continue
        if not kept.any():
            bound = max(bound, proved)
        mover = _mover(problem, hidden, mover)
        new = _pinned(problem, hidden, mover, beyond, rng)
        late = done >= rounds
        if not new:
            cost = float(problem.cost[hidden].sum())
            if late or gap == GAPS[1] or cost <= NEAR_ENOUGH * bound:
                return Choice(hidden, cost, bound, done, sorted(beyond))
            gap = GAPS[1]
        cuts += new
        if late:
            kept = hidden


def _can_move(problem: Problem) -> NDArray[np.bool_]:
    return np.asarray(problem.outer_high - problem.outer_low >= problem.width - NEAR)


def _of_single_rows(problem: Problem, beyond: set[int]) -> list[_Cut]:
    """In a row of printed figures no cell may be hidden alone."""
    wide = problem.outer_high > problem.outer_low
    loose = (wide & ~problem.may) | (problem.may & (problem.inner_high > problem.inner_low))
    cuts = []
    for row in range(problem.rows.shape[0]):
        members = problem.rows.indices[problem.rows.indptr[row] : problem.rows.indptr[row + 1]]
        if loose[members].any():
            continue
        members = members[wide[members]]
        for k in members:
            others = members[members != k]
            if int(k) not in beyond:
                cuts.append(_Cut(int(k), others, np.ones(len(others))))
    return cuts


def _master(
    problem: Problem, cuts: list[_Cut], kept: NDArray[np.bool_], gap: float
) -> tuple[NDArray[np.bool_] | None, float]:
    may = np.flatnonzero(problem.may)
    column = np.full(len(problem.cost), -1)
    column[may] = np.arange(len(may))
    hidden = np.zeros(len(problem.cost), bool)
    least = np.where((problem.must | kept)[may], 1.0, 0.0)
    if not cuts or not len(may):
        hidden[may] = least > 0
        return (None if cuts else hidden), float(problem.cost[hidden].sum())
    rows, cols, weights, right = [], [], [], np.zeros(len(cuts))
    for r, cut in enumerate(cuts):
        rows.append(np.full(len(cut.at), r))
        cols.append(column[cut.at])
        weights.append(cut.weight)
        if problem.must[cut.target] or not problem.may[cut.target]:
            right[r] = 1.0
        else:
            rows.append(np.array([r]))
            cols.append(column[[cut.target]])
            weights.append(np.array([-1.0]))
    matrix = coo_array(
        (np.concatenate(weights), (np.concatenate(rows), np.concatenate(cols))), shape=(len(cuts), len(may))
    ).tocsr()
    found = milp(
        problem.cost[may],
        constraints=LinearConstraint(matrix, right - 1e-9, np.inf),
        bounds=Bounds(least, 1.0),
        integrality=np.ones(len(may)),
        options={"mip_rel_gap": gap, "node_limit": MASTER_NODES},
    )
    if found.x is None:
        if found.status == 2:
            return None, 0.0
        hidden[may] = True  # out of nodes without any choice: everything hidden is always one
        return hidden, 0.0
    hidden[may] = found.x > 0.5
    return hidden, float(found.mip_dual_bound if found.mip_dual_bound is not None else found.fun)


def _mover(problem: Problem, hidden: NDArray[np.bool_], before: Mover | None) -> Mover:
    printed = problem.may & ~hidden
    mover = Mover(
        problem.rows,
        np.where(printed, problem.inner_low, problem.outer_low),
        np.where(printed, problem.inner_high, problem.outer_high),
        problem.whole,
    )
    if before is not None:
        for members in before.components():
            # What was possible stays possible while all that moved stays hidden.
            if np.all(mover.high[members] >= before.high[members]) and np.all(
                mover.low[members] <= before.low[members]
            ):
                mover.spread_low[members] = before.spread_low[members]
                mover.spread_high[members] = before.spread_high[members]
    return mover


def _pinned(
    problem: Problem, hidden: NDArray[np.bool_], mover: Mover, beyond: set[int], rng: np.random.Generator
) -> list[_Cut]:
    targets = [i for i in np.flatnonzero(hidden | problem.guard).tolist() if i not in beyond]
    stuck = [i for i in targets if mover.high[i] <= mover.low[i]]
    cuts = [_cover(problem, hidden, i) for i in stuck]
    targets = [i for i in targets if mover.high[i] > mover.low[i]]
    width = problem.width - NEAR
    if len(targets) > 3:
        mover.scatter(rng, 1 if len(targets) < 12 else 3, {i: float(width[i]) for i in targets})
    todo = [i for i in targets if mover.seen(i) < width[i]]
    fractional = []
    while todo:
        chunk: list[int] = []
        columns = 0
        while todo and (not chunk or columns < COLUMNS):
            chunk.append(todo.pop(0))
            columns += 2 * len(mover.component(chunk[-1]))
        for held in mover.move(chunk):
            if held.width < width[held.target]:
                cuts.append(_cut(problem, hidden, held))
            elif mover.seen(held.target) < width[held.target]:
                fractional.append(held.target)
        todo = [i for i in todo if mover.seen(i) < width[i]]
        if len(cuts) >= CUTS_A_ROUND:
            return cuts
    if not cuts:
        for i in fractional:
            if mover.seen(i) < width[i] and mover.exact(i) < width[i]:
                cuts.append(_cover(problem, hidden, i))
    return cuts


def _cut(problem: Problem, hidden: NDArray[np.bool_], held: Held) -> _Cut:
    k = held.target
    may = problem.may.copy()
    may[k] = False
    low = np.where(may, problem.inner_low, problem.outer_low)
    high = np.where(may, problem.inner_high, problem.outer_high)
    right = problem.width[k] - float(held.by_high @ high - held.by_low @ low)
    more = held.by_high * (problem.outer_high - high) + held.by_low * (low - problem.outer_low)
    at = np.flatnonzero(may & (more > NEAR))
    if right <= NEAR:
        return _cover(problem, hidden, k)
    weight = np.minimum(more[at], right) / right
    if float(weight[hidden[at]].sum()) > 1 - 1e-7:
        return _cover(problem, hidden, k)
    return _Cut(k, at, weight)


def _cover(problem: Problem, hidden: NDArray[np.bool_], target: int) -> _Cut:
    """What is hidden now is not enough for the target: something more has to be."""
    at = np.flatnonzero(problem.may & ~hidden)
    return _Cut(target, at, np.ones(len(at)))


def _told_anyway(problem: Problem, beyond: set[int]) -> set[int]:
    """Targets that stay pinned down although everything that may be hidden is hidden."""
    mover = _mover(problem, problem.may.copy(), None)
    found = set()
    for i in np.flatnonzero(problem.must | problem.guard).tolist():
        if i in beyond:
            continue
        if mover.high[i] <= mover.low[i] or mover.exact(i) < problem.width[i] - NEAR:
            found.add(i)
    if not found:
        raise RuntimeError("the master programme has no solution although everything hidden is safe")
    return found
