"""Rows that say the same are one row with a count.

A million reports with twenty-five indicators hold some nine thousand patterns. What a model asks of a row
(its chance, its weight, its share of the information) is asked once of a pattern and multiplied.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from lamplighter.statistics.arrays.checks import Bools, Floats, Ints

_ROOM = 2**62
_CLUSTERS = 65_536  # at a time
_SAMPLE, _FEW = 4_096, 512  # rows looked at, and the most values of a column whose rows can be alike


@dataclass(frozen=True, slots=True)
class Alike:
    """Groups of rows that are alike: each row's group, and a row of each group (its first)."""

    of: Ints
    first: Ints

    @property
    def groups(self) -> int:
        """Return how many groups there are."""
        return int(self.first.size)

    def counts(self) -> Ints:
        """Return how many rows each group has."""
        return np.bincount(self.of, minlength=self.groups).astype(np.int64)


def alike(*keys: Floats | Ints | Bools) -> Alike:
    """Group rows that agree in every key; a key is a vector, or a matrix with a column a key.

    The groups are in the order of the keys' values, whatever the order of the rows.
    """
    code: Ints | None = None
    size = 1
    for key in keys:
        for column in key.T if key.ndim == 2 else (key,):
            own, levels = _codes(np.ascontiguousarray(column))
            if code is None:
                code, size = own, levels
                continue
            if size * levels >= _ROOM:
                code, size = _codes(code)
            code = code * np.int64(levels) + own
            size *= levels
    if code is None:
        raise ValueError("nothing to compare rows by")
    _, first, of = np.unique(code, return_index=True, return_inverse=True)
    return Alike(of.reshape(-1).astype(np.int64), first.astype(np.int64))


def repeats(matrix: Floats) -> bool:
    """Tell whether rows are worth grouping: no column of a sample of them holds more than a few values."""
    some = matrix[:: max(1, matrix.shape[0] // _SAMPLE)]
    return all(np.unique(column).size <= _FEW for column in some.T)


def _codes(column: Floats | Ints | Bools) -> tuple[Ints, int]:
    """Return 0, 1, ... in order of the values, and how many there are. Indicators take a short way."""
    low, high = column.min(), column.max()
    if low == high:
        return np.zeros(column.size, dtype=np.int64), 1
    top = column == high
    if (top | (column == low)).all():
        return top.astype(np.int64), 2
    values, place = np.unique(column, return_inverse=True)
    return place.reshape(-1).astype(np.int64), int(values.size)


def counted(rows: Ints, columns: Ints, weights: Floats, shape: tuple[int, int]) -> sparse.csr_matrix:
    """Return the matrix that adds up weights by (row, column): times a table (k, p) it gives sums (m, p)."""
    return sparse.coo_matrix((weights, (rows, columns)), shape=shape).tocsr()


def squared_by_cluster(table: Floats, of: Ints, clusters: Ints, count: int) -> Floats:
    """Return the sum over clusters of the square of what their rows add up to, (p, p).

    Args:
        table: (groups, p) what a row of each group adds.
        of: (n,) group of each row; below zero adds nothing.
        clusters: (n,) code of each row. count: how many clusters there are.
    """
    out = np.zeros((table.shape[1], table.shape[1]))
    for part in by_cluster(table, of, clusters, count):
        out += part.T @ part
    return out


def by_cluster(table: Floats, of: Ints, clusters: Ints, count: int) -> Iterator[Floats]:
    """Give what the rows of each cluster add up to, (some clusters, p) at a time, in their order."""
    seen = of >= 0
    if not seen.all():
        of, clusters = of[seen], clusters[seen]
    by = counted(clusters, of, np.ones(of.size), (count, table.shape[0]))
    for first in range(0, count, _CLUSTERS):
        yield by[first : first + _CLUSTERS] @ table
