"""Work out how far each hidden cell can move, with what holds it: linear programmes.

The unknowns that are not fixed fall into components that share no row. A target is moved down and up within
its own component only; each component is one programme, and each answer in it begins at the one before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from lamplighter.disclosure.errors import TablesNotValid
from lamplighter.disclosure.protect.programme import Floats, Programme

NEAR = 1e-6


@dataclass(frozen=True)
class Held:
    """Hold what keeps a target in place when nothing else is hidden.

    ``width`` and, for each unknown, how much a lower bound (``by_low``) and an upper bound (``by_high``) of
    it adds to that width.
    """

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
        self._programmes: dict[int, Programme] = {}
        self._parts: dict[int, tuple[csr_array, Floats, NDArray[np.intp]]] = {}

    def component(self, i: int) -> NDArray[np.intp]:
        """Return the unknowns that move together with ``i``."""
        return self.free[self._part(self._label[i])[2]]

    def components(self) -> list[NDArray[np.intp]]:
        """Return every set of unknowns that move together."""
        return [self.free[at] for at in self._members.values()]

    def seen(self, i: int) -> float:
        """Return the width already seen possible in whole numbers."""
        return float(max(0.0, self.spread_high[i] - self.spread_low[i]))

    def move(self, target: int) -> Held:
        """Return the width of one target, by linear programme, with what holds it."""
        columns, rows = self.component(target), self._row_of[self._label[target]]
        cost = (columns == target).astype(float)
        ends: list[float] = []
        by_low, by_high = np.zeros(len(self.low)), np.zeros(len(self.low))
        for sign in (1.0, -1.0):
            point, prices = self._least(self._label[target], sign * cost)
            self._note(columns, point)
            ends.append(float(point[columns == target][0]))
            duals = np.zeros(self.rows.shape[0])
            duals[rows] = prices
            reduced = -(self._across @ duals)
            reduced[target] += sign
            by_low += np.where(reduced > NEAR, reduced, 0.0)
            by_high += np.where(reduced < -NEAR, -reduced, 0.0)
        return Held(target, ends[1] - ends[0], by_low, by_high)

    def exact(self, target: int) -> float:
        """Return the width of one target in whole numbers, by integer programme."""
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
            aim = np.zeros(len(self.low))
            aim[left] = rng.choice([-1.0, 1.0], len(left)) * (0.1 + rng.random(len(left)))
            for label in labels:
                columns = self.free[self._part(label)[2]]
                for sign in (1.0, -1.0):
                    self._note(columns, self._least(label, sign * aim[columns])[0])

    def _note(self, columns: NDArray[np.intp], point: Floats) -> None:
        near = np.round(point)
        whole = self.whole[columns]
        if np.all(np.abs(near - point)[whole] < NEAR):
            kept = np.where(whole, near, point)
            self.spread_low[columns] = np.minimum(self.spread_low[columns], kept)
            self.spread_high[columns] = np.maximum(self.spread_high[columns], kept)

    def _least(self, label: int, cost: Floats) -> tuple[Floats, Floats]:
        if label not in self._programmes:
            matrix, side, members = self._part(label)
            columns = self.free[members]
            self._programmes[label] = Programme(matrix, side, self.low[columns], self.high[columns])
        found = self._programmes[label].least(cost)
        if found is None:
            raise TablesNotValid(
                "No figures fit the tables and the earlier releases together.",
                remedy="Look for a table that was counted from other data.",
            )
        return found

    def _part(self, label: int) -> tuple[csr_array, Floats, NDArray[np.intp]]:
        if label not in self._parts:
            members = np.array(self._members[label])
            rows = self._row_of[label]
            self._parts[label] = (self._columns[rows][:, members].tocsr(), -self._fixed[rows], members)
        return self._parts[label]
