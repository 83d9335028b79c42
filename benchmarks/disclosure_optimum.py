"""The least hidden value, found another way: one integer programme with every movement written out.

For each cell that may be hidden the programme holds two sets of true figures that fit the print and differ by
the needed width in that cell. No cuts and nothing of how the room itself solves: only the same question.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack

from lamplighter.disclosure.protect.cutting import Problem

LARGEST = 8_000
#: Limits count work, not time: a busy machine proves as much as an idle one.
NODES = 50
#: SciPy's status for a programme that nothing fits.
INFEASIBLE = 2


@dataclass(frozen=True)
class Optimum:
    """``least`` is a lower bound of the hidden value, and reached when ``proved``."""

    least: float
    proved: bool


def optimum(problem: Problem, reached: float, nodes: int = NODES) -> Optimum | None:
    """The least hidden value; ``None`` when the programme would be too large to write out.

    Only what is cheaper than ``reached``, which a safe choice costs, is looked for: costs are whole numbers,
    so where nothing costs at most ``reached - 1``, ``reached`` is the least.
    """
    n = len(problem.cost)
    may = np.flatnonzero(problem.may)
    targets = np.flatnonzero(problem.may | problem.guard).tolist()
    columns = len(may) + 2 * len(targets) * n
    if columns > LARGEST:
        return None
    at = np.full(n, -1)
    at[may] = np.arange(len(may))
    blocks: list[csr_array] = []
    low: list[float] = []
    high: list[float] = []
    bound_low, bound_high = np.zeros(columns), np.ones(columns)
    bound_low[: len(may)] = problem.must[may]
    zero, one = np.zeros(problem.rows.shape[0]), np.ones(len(may))
    for number, target in enumerate(targets):
        for side in (0, 1):
            start = len(may) + (2 * number + side) * n
            bound_low[start : start + n] = problem.outer_low
            bound_high[start : start + n] = problem.outer_high
            sums = problem.rows.tocoo()
            blocks.append(_block(sums.data, sums.row, sums.col + start, len(zero), columns))
            low += [*zero]
            high += [*zero]
            # A printed cell stays within what is printed; a hidden one within what is known anyway.
            rows = np.arange(len(may))
            more = problem.outer_high[may] - problem.inner_high[may]
            blocks.append(
                _block(
                    np.concatenate([one, -more]),
                    np.concatenate([rows, rows]),
                    np.concatenate([may + start, rows]),
                    len(may),
                    columns,
                )
            )
            low += [-np.inf] * len(may)
            high += problem.inner_high[may].tolist()
            less = problem.inner_low[may] - problem.outer_low[may]
            blocks.append(
                _block(
                    np.concatenate([one, less]),
                    np.concatenate([rows, rows]),
                    np.concatenate([may + start, rows]),
                    len(may),
                    columns,
                )
            )
            low += problem.inner_low[may].tolist()
            high += [np.inf] * len(may)
        first = len(may) + 2 * number * n + target
        width = float(problem.width[target])
        if problem.may[target]:
            entries, places = [1.0, -1.0, -width], [first + n, first, int(at[target])]
            low.append(0.0)
        else:
            entries, places = [1.0, -1.0], [first + n, first]
            low.append(width)
        high.append(np.inf)
        blocks.append(_block(np.array(entries), np.zeros(len(places)), np.array(places), 1, columns))
    cost = np.zeros(columns)
    cost[: len(may)] = problem.cost[may]
    blocks.append(_block(cost[: len(may)], np.zeros(len(may)), np.arange(len(may)), 1, columns))
    low.append(-np.inf)
    high.append(reached - 1 + 1e-6)
    whole = np.zeros(columns)
    whole[: len(may)] = 1
    found = milp(
        cost,
        constraints=LinearConstraint(vstack(blocks, format="csr"), np.array(low), np.array(high)),
        bounds=Bounds(bound_low, bound_high),
        integrality=whole,
        options={"node_limit": nodes, "mip_rel_gap": 1e-6},
    )
    if found.status == INFEASIBLE:
        return Optimum(reached, True)
    if found.mip_dual_bound is None:
        return None
    return Optimum(float(found.mip_dual_bound), found.status == 0)


def _block(data: object, row: object, column: object, rows: int, columns: int) -> csr_array:
    return csr_array(coo_array((data, (row, column)), shape=(rows, columns)))
