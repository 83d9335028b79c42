"""Random draws for one part of the world, each from its own named stream.

A stream is seeded by (seed, part, purpose) and by nothing else, so the world
does not depend on how many parts are made at once, in which order or where.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Words: TypeAlias = npt.NDArray[np.object_]

DAY = 1440  # minutes; all times inside the room are minutes since 1970-01-01, local wall clock
NEVER = np.int64(1) << 40


def stream(seed: int, cell: int, purpose: str) -> np.random.Generator:
    """Return the generator for one purpose in one part of the world."""
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence([seed, cell, zlib.crc32(purpose.encode())]))
    )


def words(values: Sequence[Any]) -> Words:
    """Return an object array of the values, whatever their types."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def pick(rng: np.random.Generator, weights: Sequence[float] | Floats, size: int) -> Ints:
    """``size`` indices drawn in proportion to ``weights``."""
    edges = np.cumsum(np.asarray(weights, dtype=float))
    found: Ints = np.searchsorted(edges, rng.random(size) * edges[-1], side="right").astype(np.int64)
    return found.clip(0, len(edges) - 1)


def pick_rows(rng: np.random.Generator, table: Floats, rows: Ints) -> Ints:
    """One index a row, row ``i`` drawn in proportion to ``table[rows[i]]``."""
    edges = np.cumsum(table, axis=1)[rows]
    point = rng.random(len(rows)) * edges[:, -1]
    found: Ints = (edges <= point[:, None]).sum(axis=1).astype(np.int64)
    return found.clip(0, table.shape[1] - 1)


def chance(rng: np.random.Generator, probability: float | Floats, size: int) -> Bools:
    """``size`` yes-or-no draws."""
    return rng.random(size) < probability


def within(counts: Ints) -> Ints:
    """0, 1, 2 ... inside each group, for groups of the given sizes laid end to end."""
    return np.arange(int(counts.sum()), dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)


def group_cumsum(values: Floats, counts: Ints) -> Floats:
    """Running sums that begin afresh in each group."""
    total = np.cumsum(values)
    first = np.cumsum(counts) - counts
    before = np.where(first > 0, total[np.maximum(first - 1, 0)], 0.0)
    out: Floats = total - np.repeat(before, counts)
    return out
