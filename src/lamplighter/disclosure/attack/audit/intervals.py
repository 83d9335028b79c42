"""Between what and what must a true figure lie? Bounds by propagation, then two programmes a cell.

Whatever two whole-number solutions show apart need not be asked again; a cell that they do not show wide
enough is asked for its own least and greatest value, first as a linear, then as an integer programme.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from lamplighter.disclosure.attack.audit.asking import Questions
from lamplighter.disclosure.attack.audit.knowledge import HUGE, Knowledge

SLACK = 1e-6
PASSES = 40


class Contradiction(Exception):
    """No true figures fit what is printed. ``unknowns`` are those of the part that does not fit."""

    def __init__(self, unknowns: list[int]) -> None:
        self.unknowns = unknowns
        super().__init__("No true figures fit what is printed.")


@dataclass
class Cluster:
    """Unknowns that hang together, and the rows over them: ``floor <= rows @ x <= ceiling``."""

    unknowns: NDArray[np.intp]
    rows: csr_array
    floor: NDArray[np.float64]
    ceiling: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    whole: NDArray[np.int_]

    @cached_property
    def questions(self) -> Questions:
        """Return the cluster as a linear programme."""
        high = np.minimum(self.high, HUGE)
        return Questions(self.rows, self.floor, self.ceiling, self.low, high)

    def whole_least(self, cost: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Return where ``cost`` is least in whole numbers; ``None`` when none fit."""
        found = milp(
            cost,
            constraints=LinearConstraint(self.rows, self.floor, self.ceiling) if self.rows.shape[0] else (),
            bounds=Bounds(self.low, np.minimum(self.high, HUGE)),
            integrality=self.whole,
        )
        return None if found.x is None else np.asarray(found.x)


class Intervals:
    """The least and the greatest value of every unknown, as far as they have been asked for."""

    def __init__(self, known: Knowledge) -> None:
        self.known = known
        self.low, self.high = np.array(known.low), np.array(known.high)
        amounts = known.amounts | {
            i for i, (m, _, _) in enumerate(known.names) if m in {known.names[a][0] for a in known.amounts}
        }
        # Of people with several codes at once, whole numbers would be asked for without an end.
        self.whole = np.array([i not in amounts | known.crossed for i in range(len(known.names))])
        self._propagate()
        self.least, self.most = np.full(len(self.low), np.inf), np.full(len(self.low), -np.inf)
        fixed = self.high - self.low < SLACK
        self.least[fixed], self.most[fixed] = self.low[fixed], self.high[fixed]
        self.clusters: dict[int, Cluster] = {}
        for cluster in self._cluster(fixed):
            for i in cluster.unknowns.tolist():
                self.clusters[i] = cluster

    def seen(self, i: int) -> float:
        """Return the width that solutions have shown so far."""
        return float(max(0.0, self.most[i] - self.least[i]))

    def wide_enough(self, wanted: dict[int, float]) -> dict[int, tuple[float, float]]:
        """Ask until each unknown is shown as wide as wanted, or its exact interval is known to be narrower.

        Returns the narrow ones with their intervals. Raises :class:`Contradiction`.
        """
        narrow: dict[int, tuple[float, float]] = {}
        by_cluster: dict[int, list[int]] = defaultdict(list)
        for i in wanted:
            if i in self.clusters:
                by_cluster[id(self.clusters[i])].append(i)
            elif self.high[i] - self.low[i] < wanted[i] - SLACK:
                narrow[i] = (float(self.low[i]), float(self.high[i]))
        for members in by_cluster.values():
            cluster = self.clusters[members[0]]
            # What propagation alone pins down needs no programme, only what looks wide does.
            if len(members) > 3:
                self._wander(cluster, members)
            for i in members:
                if self.seen(i) >= wanted[i] - SLACK:
                    continue
                low, high = self._ends(cluster, i)
                if high - low >= wanted[i] - SLACK and self.seen(i) < wanted[i] - SLACK:
                    low, high = self._whole_ends(cluster, i)
                if high - low < wanted[i] - SLACK:
                    narrow[i] = (low, high)
        # No "-0" and no billionth of a person: these are read.
        return {i: (round(low, 6) + 0.0, round(high, 6) + 0.0) for i, (low, high) in narrow.items()}

    def possible(self, unknowns: list[int]) -> None:
        """See that some true figures fit where these unknowns stand. Raises :class:`Contradiction`."""
        rows = [row for row in self.known.sums if any(i in row for i in unknowns)]
        around = {i for row in rows for i in row if i in self.clusters}
        for cluster in {id(self.clusters[i]): self.clusters[i] for i in sorted(around)}.values():
            self._solve(cluster, np.zeros(len(cluster.unknowns)), whole=False)

    def exact(self, i: int) -> tuple[float, float]:
        """Return the least and the greatest value of one unknown in whole numbers."""
        if i not in self.clusters:
            return float(self.low[i]), float(self.high[i])
        return self._whole_ends(self.clusters[i], i)

    def _propagate(self) -> None:
        """Tighten bounds row by row: a part is at least the whole less the most of the others."""
        rows = [(row, 0.0) for row in self.known.sums] + [(row, -np.inf) for row in self.known.ratios]
        for _ in range(PASSES):
            moved = False
            for row, floor in rows:
                least = sum(c * (self.low[i] if c > 0 else self.high[i]) for i, c in row.items())
                most = sum(c * (self.high[i] if c > 0 else self.low[i]) for i, c in row.items())
                for i, c in row.items():
                    others_least = least - c * (self.low[i] if c > 0 else self.high[i])
                    others_most = most - c * (self.high[i] if c > 0 else self.low[i])
                    ends = [(0.0 - others_least) / c]
                    if floor == 0.0:
                        ends.append((0.0 - others_most) / c)
                    top = ends[0] if c > 0 else (ends[1] if len(ends) > 1 else np.inf)
                    bottom = (ends[1] if len(ends) > 1 else -np.inf) if c > 0 else ends[0]
                    if self.whole[i]:
                        top, bottom = np.floor(top + SLACK), np.ceil(bottom - SLACK)
                    if top < self.high[i] - SLACK or bottom > self.low[i] + SLACK:
                        old = (self.low[i], self.high[i])
                        self.low[i], self.high[i] = max(bottom, self.low[i]), min(top, self.high[i])
                        if self.low[i] > self.high[i] + SLACK:
                            raise Contradiction(list(row))
                        self.low[i] = min(self.low[i], self.high[i])
                        least += c * ((self.low[i] - old[0]) if c > 0 else (self.high[i] - old[1]))
                        most += c * ((self.high[i] - old[1]) if c > 0 else (self.low[i] - old[0]))
                        moved = True
            if not moved:
                return

    def _cluster(self, fixed: NDArray[np.bool_]) -> Iterable[Cluster]:
        above = list(range(len(self.low)))

        def top(i: int) -> int:
            while above[i] != i:
                above[i] = above[above[i]]
                i = above[i]
            return i

        rows = [(row, True) for row in self.known.sums] + [(row, False) for row in self.known.ratios]
        for row, _ in rows:
            loose = [i for i in row if not fixed[i]]
            for i in loose[1:]:
                above[top(i)] = top(loose[0])
        rows_of: dict[int, list[tuple[dict[int, float], bool]]] = defaultdict(list)
        for row, equal in rows:
            loose = [i for i in row if not fixed[i]]
            if loose:
                rows_of[top(loose[0])].append((row, equal))
        members: dict[int, list[int]] = defaultdict(list)
        for i in np.flatnonzero(~fixed).tolist():
            members[top(i)].append(i)
        for root, unknowns in members.items():
            column = {i: at for at, i in enumerate(unknowns)}
            entries: list[tuple[float, int, int]] = []
            floor, ceiling = [], []
            for r, (row, equal) in enumerate(rows_of[root]):
                known = sum(c * self.low[i] for i, c in row.items() if fixed[i])
                entries += [(c, r, column[i]) for i, c in row.items() if not fixed[i]]
                ceiling.append(-known + (0.0 if equal else SLACK))
                floor.append(-known if equal else -np.inf)
            values, at, to = zip(*entries, strict=True) if entries else ((), (), ())
            rows_ = csr_array((values, (at, to)), shape=(len(floor), len(unknowns)))
            which = np.array(unknowns)
            yield Cluster(
                which,
                rows_,
                np.array(floor),
                np.array(ceiling),
                self.low[which],
                self.high[which],
                self.whole[which].astype(int),
            )

    def _wander(self, cluster: Cluster, members: list[int]) -> None:
        rng = np.random.default_rng(len(members))
        interesting = np.isin(cluster.unknowns, members)
        for _ in range(3):
            cost = np.where(interesting, rng.normal(size=len(interesting)), 0.0)
            for direction in (cost, -cost):
                self._solve(cluster, direction, whole=False)

    def _ends(self, cluster: Cluster, i: int) -> tuple[float, float]:
        at = int(np.flatnonzero(cluster.unknowns == i)[0])
        pick = (cluster.unknowns == i).astype(float)
        low = float(self._solve(cluster, pick, whole=False)[at])
        high = float(self._solve(cluster, -pick, whole=False)[at])
        if self.whole[i]:
            return float(np.ceil(low - SLACK)), float(np.floor(high + SLACK))
        return low, high

    def _whole_ends(self, cluster: Cluster, i: int) -> tuple[float, float]:
        at = int(np.flatnonzero(cluster.unknowns == i)[0])
        pick = (cluster.unknowns == i).astype(float)
        low = self._solve(cluster, pick, whole=True)[at]
        high = self._solve(cluster, -pick, whole=True)[at]
        return float(low), float(high)

    def _solve(self, cluster: Cluster, cost: NDArray[np.float64], *, whole: bool) -> NDArray[np.float64]:
        point = cluster.whole_least(cost) if whole else cluster.questions.least(cost)
        if point is None:
            raise Contradiction(cluster.unknowns.tolist())
        near = np.where(cluster.whole == 1, np.round(point), point)
        if np.abs(near - point).max(initial=0.0) < SLACK:
            self.least[cluster.unknowns] = np.minimum(self.least[cluster.unknowns], near)
            self.most[cluster.unknowns] = np.maximum(self.most[cluster.unknowns], near)
        return point
