"""State what every safe choice must meet, and the cheapest choice that meets it.

Linear programmes try to pin down every hidden cell; whatever pins one down becomes a cut: hide enough of what
held it. A master programme chooses the cheapest cells that meet all cuts so far.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from lamplighter.disclosure.protect.programme import Floats
from lamplighter.disclosure.protect.widths import NEAR, Held, Mover

#: Limits count work, not time: the same release is protected the same way on a slow machine.
MASTER_NODES = 3_000
#: In a big problem, so many new cuts are enough for another look at the master.
CUTS_A_ROUND = 150


@dataclass(frozen=True)
class Problem:
    """Hold what is to be chosen.

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
class Cut:
    """Hidden cells ``at``, weighed, must come to 1 when the target is hidden (always, if it must be)."""

    target: int
    at: NDArray[np.intp]
    weight: Floats


def can_move(problem: Problem) -> NDArray[np.bool_]:
    """Return which unknowns could be as uncertain as they must, were everything hidden around them."""
    return np.asarray(problem.outer_high - problem.outer_low >= problem.width - NEAR)


def of_single_rows(problem: Problem, beyond: set[int]) -> list[Cut]:
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
                cuts.append(Cut(int(k), others, np.ones(len(others))))
    return cuts


def master(
    problem: Problem, cuts: list[Cut], kept: NDArray[np.bool_], gap: float
) -> tuple[NDArray[np.bool_] | None, float]:
    """Return the cheapest cells that meet every cut, ``kept`` among them, and what any such choice costs at
    least.

    ``None`` when no choice meets the cuts. A choice within ``gap`` of the cheapest is enough.
    """
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


def met(problem: Problem, cuts: list[Cut], hidden: NDArray[np.bool_]) -> bool:
    """Tell whether a choice meets every cut; a safe one always does."""
    for cut in cuts:
        asked = problem.must[cut.target] or not problem.may[cut.target] or hidden[cut.target]
        if asked and cut.weight[hidden[cut.at]].sum() < 1 - NEAR:
            return False
    return True


def mover_for(problem: Problem, hidden: NDArray[np.bool_], before: Mover | None) -> Mover:
    """Return how far everything can move for one choice; what the mover before has seen and still holds is
    kept.
    """
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


def pinned(
    problem: Problem, hidden: NDArray[np.bool_], mover: Mover, beyond: set[int], rng: np.random.Generator
) -> list[Cut]:
    """Cuts for the hidden cells that this choice pins down; none when it is safe."""
    targets = [i for i in np.flatnonzero(hidden | problem.guard).tolist() if i not in beyond]
    stuck = [i for i in targets if mover.high[i] <= mover.low[i]]
    cuts = [_cover(problem, hidden, i) for i in stuck]
    targets = [i for i in targets if mover.high[i] > mover.low[i]]
    width = problem.width - NEAR
    if len(targets) > 3:
        mover.scatter(rng, 1 if len(targets) < 12 else 3, {i: float(width[i]) for i in targets})
    fractional = []
    for i in targets:
        if mover.seen(i) >= width[i]:
            continue
        held = mover.move(i)
        if held.width < width[i]:
            cuts.append(_cut(problem, hidden, held))
        elif mover.seen(i) < width[i]:
            fractional.append(i)
        if len(cuts) >= CUTS_A_ROUND:
            return cuts
    if not cuts:
        for i in fractional:
            if mover.seen(i) < width[i] and mover.exact(i) < width[i]:
                cuts.append(_cover(problem, hidden, i))
    return cuts


def _cut(problem: Problem, hidden: NDArray[np.bool_], held: Held) -> Cut:
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
    return Cut(k, at, weight)


def _cover(problem: Problem, hidden: NDArray[np.bool_], target: int) -> Cut:
    """What is hidden now is not enough for the target: something more has to be."""
    at = np.flatnonzero(problem.may & ~hidden)
    return Cut(target, at, np.ones(len(at)))


def told_anyway(problem: Problem, beyond: set[int]) -> set[int]:
    """Targets that stay pinned down although everything that may be hidden is hidden."""
    mover = mover_for(problem, problem.may.copy(), None)
    targets = [i for i in np.flatnonzero(problem.must | problem.guard).tolist() if i not in beyond]
    found = {i for i in targets if mover.high[i] <= mover.low[i]}
    width = problem.width - NEAR
    mover.scatter(np.random.default_rng(0), 3, {i: float(width[i]) for i in targets if i not in found})
    for i in targets:
        if i in found or mover.seen(i) >= width[i]:
            continue
        # What is narrow between whole numbers is narrow in them; what was seen apart need not be asked.
        narrow = mover.move(i).width < width[i]
        if narrow or (mover.seen(i) < width[i] and mover.exact(i) < width[i]):
            found.add(i)
    if not found:
        raise RuntimeError("the master programme has no solution although everything hidden is safe")
    return found
