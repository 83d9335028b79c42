"""How far each hidden cell can move, with what holds it: linear programmes in blocks.

The unknowns that are not fixed fall into components that share no row. A target is moved down and up within
its own component only, and many such programmes are solved as one with a block on the diagonal each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import block_diag, coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from lamplighter.disclosure.errors import TablesNotValid

Floats = NDArray[np.float64]
#: Largest block programme, in columns: beyond it nothing is gained by joining.
COLUMNS = 2_000
NEAR = 1e-6


@dataclass(frozen=True)
class Held:
    """What holds a target when nothing else is hidden: ``width`` and, for each unknown, how much a lower
    bound (``by_low``) and an upper bound (``by_high``) of it adds to that width."""

    target: int
    width: float
    by_low: Floats
    by_high: Floats


class Mover:
    """The system for one choice of hidden cells.

    ``low``/``high`` bound every unknown (equal for a printed one); ``spread_low``/``spread_high`` are the
    ends of what has been seen possible in whole numbers so far, and only ever widen.
    """

    def __init__(self, rows: csr_array, low: Floats, high: Floats, whole: NDArray[np.bool_]) -> None:
        self.rows, self.low, self.high, self.whole = rows, low, high, whole
        self.free = np.flatnonzero(high > low)
        self.spread_low, self.spread_high = np.full(len(low), np.inf), np.full(len(low), -np.inf)
        columns = rows[:, self.free].tocsr()
        self._across = rows.T.tocsr()
        self._fixed = rows @ np.where(high > low, 0.0, low)
        touched = np.flatnonzero(np.diff(columns.indptr))
        self._columns = columns
        n = len(self.free)
        pairs = columns[touched].tocoo()
        graph = coo_array(
            (np.ones(pairs.nnz), (pairs.row, len(touched) + pairs.col)), shape=(len(touched) + n,) * 2
        )
        _, labels = connected_components(graph, directed=False)
        self._row_of = {label: touched[labels[: len(touched)] == label] for label in np.unique(labels)}
        self._label = dict(zip(self.free.tolist(), labels[len(touched) :].tolist(), strict=True))
        self._members: dict[int, list[int]] = {}
        for at, i in enumerate(self.free.tolist()):
            self._members.setdefault(self._label[i], []).append(at)
        self._parts: dict[int, tuple[csr_array, Floats, NDArray[np.intp]]] = {}

    def component(self, i: int) -> NDArray[np.intp]:
        """The unknowns that move together with ``i``."""
        return self.free[self._part(self._label[i])[2]]

    def components(self) -> list[NDArray[np.intp]]:
        """Every set of unknowns that move together."""
        return [self.free[at] for at in self._members.values()]

    def seen(self, i: int) -> float:
        """The width already seen possible in whole numbers."""
        return float(max(0.0, self.spread_high[i] - self.spread_low[i]))

    def move(self, targets: list[int]) -> list[Held]:
        """Widths of several targets, by linear programme, with what holds each of them."""
        blocks, sides, bounds, costs, layout = [], [], [], [], []
        for target in targets:
            matrix, side, members = self._part(self._label[target])
            for sign in (1.0, -1.0):
                cost = np.zeros(len(members))
                cost[members == self._position(target)] = sign
                blocks.append(matrix)
                sides.append(side)
                costs.append(cost)
                bounds.append(np.column_stack([self.low[self.free[members]], self.high[self.free[members]]]))
                layout.append((target, members))
        found = linprog(
            np.concatenate(costs),
            A_eq=block_diag(blocks, format="csr"),
            b_eq=np.concatenate(sides),
            bounds=np.concatenate(bounds),
            method="highs",
        )
        if found.x is None:
            raise TablesNotValid(
                "No figures fit the tables and the earlier releases together.",
                remedy="Look for a table that was counted from other data.",
            )
        held = []
        at = row = 0
        ends: list[float] = []
        for turn, (target, members) in enumerate(layout):
            point = found.x[at : at + len(members)]
            mine = self._row_of[self._label[target]]
            duals = np.zeros(self.rows.shape[0])
            duals[mine] = found.eqlin.marginals[row : row + len(mine)]
            at, row = at + len(members), row + len(mine)
            self._note(self.free[members], point)
            sign = 1.0 if turn % 2 == 0 else -1.0
            ends.append(float(point[members == self._position(target)][0]))
            reduced = -(self._across @ duals)
            reduced[target] += sign
            by_low = np.where(reduced > NEAR, reduced, 0.0)
            by_high = np.where(reduced < -NEAR, -reduced, 0.0)
            if turn % 2 == 0:
                held.append(Held(target, 0.0, by_low, by_high))
            else:
                first = held[-1]
                width = ends[-1] - ends[-2]
                held[-1] = Held(target, width, first.by_low + by_low, first.by_high + by_high)
        return held

    def exact(self, target: int) -> float:
        """The width of one target in whole numbers, by integer programme."""
        matrix, side, members = self._part(self._label[target])
        columns = self.free[members]
        for sign in (1.0, -1.0):
            cost = np.where(columns == target, sign, 0.0)
            found = milp(
                cost,
                constraints=LinearConstraint(matrix, side, side),
                bounds=Bounds(self.low[columns], self.high[columns]),
                integrality=self.whole[columns].astype(int),
            )
            if found.x is None:
                raise TablesNotValid("No whole numbers fit the tables and the earlier releases together.")
            self._note(columns, found.x)
        return self.seen(target)

    def scatter(self, rng: np.random.Generator, times: int, width: dict[int, float]) -> None:
        """Look for far-apart possibilities of many targets at once: programmes with costs drawn at random.

        Stops early when every target in ``width`` has been seen to be as wide as that.
        """
        for _ in range(times):
            left = [i for i, wanted in width.items() if self.seen(i) < wanted]
            labels = sorted({self._label[i] for i in left})
            if not labels:
                return
            blocks, sides, bounds, costs, layout = [], [], [], [], []
            aim = np.zeros(len(self.low))
            aim[left] = rng.choice([-1.0, 1.0], len(left)) * (0.1 + rng.random(len(left)))
            for label in labels:
                matrix, side, members = self._part(label)
                columns = self.free[members]
                blocks.append(matrix)
                sides.append(side)
                bounds.append(np.column_stack([self.low[columns], self.high[columns]]))
                costs.append(aim[columns])
                layout.append(columns)
            cost, joined = np.concatenate(costs), block_diag(blocks, format="csr")
            for sign in (1.0, -1.0):
                found = linprog(
                    sign * cost,
                    A_eq=joined,
                    b_eq=np.concatenate(sides),
                    bounds=np.concatenate(bounds),
                    method="highs",
                )
                if found.x is None:
                    return
                at = 0
                for columns in layout:
                    self._note(columns, found.x[at : at + len(columns)])
                    at += len(columns)

    def _note(self, columns: NDArray[np.intp], point: Floats) -> None:
        near = np.round(point)
        whole = self.whole[columns]
        if np.all(np.abs(near - point)[whole] < NEAR):
            kept = np.where(whole, near, point)
            self.spread_low[columns] = np.minimum(self.spread_low[columns], kept)
            self.spread_high[columns] = np.maximum(self.spread_high[columns], kept)

    def _position(self, i: int) -> int:
        return int(np.searchsorted(self.free, i))

    def _part(self, label: int) -> tuple[csr_array, Floats, NDArray[np.intp]]:
        if label not in self._parts:
            members = np.array(self._members[label])
            rows = self._row_of[label]
            self._parts[label] = (self._columns[rows][:, members].tocsr(), -self._fixed[rows], members)
        return self._parts[label]
