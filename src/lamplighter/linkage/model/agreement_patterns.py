"""Hold pairs with their levels and match weights, and collapse them to agreement patterns: the levels that
were compared, with how often each is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import csr_array

from lamplighter.linkage.arrays.row_order import Rows, rows_of_words, words_of_rows
from lamplighter.linkage.model.fellegi_sunter import Bits, Levels, Tables

_AT_ONCE = 150_000


@dataclass(frozen=True, slots=True)
class Seen:
    """Patterns of levels with how often each was seen: ``levels`` (p, c), ``frequencies`` (p, c) the
    bits of value frequencies, ``times`` (p,), ``offset`` (p,) prior bits that are known, ``group`` (p,)
    of which prior the rest is learned, -1 where nothing is to be learned. ``tells`` (p, c): whether the
    pairs were proposed without the help of a comparison, so that they tell how often it agrees."""

    levels: Levels
    frequencies: Bits
    times: Bits
    offset: Bits
    group: npt.NDArray[np.int64]
    tells: npt.NDArray[np.bool_]

    def at(self, some: slice | Rows) -> Seen:
        """Some of the patterns."""
        return Seen(*(getattr(self, f.name)[some] for f in fields(self)))


def collapsed(
    levels: Levels,
    frequencies: Bits,
    offset: Bits,
    group: npt.NDArray[np.int64],
    tells: npt.NDArray[np.bool_],
    *,
    times: float | Bits = 1.0,
    step: float = 1.0,
) -> Seen:
    """Pairs as distinct patterns, each pair counted ``times`` (one number, or (n,)); bits of frequencies and
    offsets are rounded to ``step``."""
    every = np.broadcast_to(np.asarray(times, dtype=np.float64), len(levels))
    pairs = Seen(levels, frequencies, every, offset, group, tells)

    def part(start: int) -> Seen:
        return _collapsed(pairs.at(slice(start, start + _AT_ONCE)), step)

    with ThreadPoolExecutor(2) as pool:
        parts = list(pool.map(part, range(0, max(len(levels), 1), _AT_ONCE)))
    return parts[0] if len(parts) == 1 else _collapsed(_joined(parts), step)


def _joined(parts: Sequence[Seen]) -> Seen:
    return Seen(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Seen)))


def _collapsed(seen: Seen, step: float) -> Seen:
    levels, frequencies, offset = seen.levels, seen.frequencies, seen.offset
    c, n = levels.shape[1], len(levels)
    # What was not compared has no frequency.
    compared = [i for i in range(c) if levels[:, i].max(initial=-1) >= 0]
    columns: dict[str, npt.NDArray[Any]] = {f"l{i}": levels[:, i] for i in compared}
    columns |= {f"f{i}": np.rint(frequencies[:, i] / step).astype(np.int16) for i in compared}
    columns |= {"offset": np.rint(np.clip(offset, -200, 200) / step).astype(np.int16), "group": seen.group}
    told = words_of_rows(seen.tells)
    columns |= {f"t{i}": word for i, word in enumerate(told.T)}
    packed = _packed({n: v for n, v in columns.items() if len(v) and (v != v[0]).any()})
    names = [*packed] or ["k"]
    keys = {n: key for n, (key, _) in packed.items()} or {"k": np.zeros(n, dtype=np.int64)}
    found = pl.DataFrame(keys | {"times": seen.times}).group_by(names).agg(pl.col("times").sum()).sort(names)
    rows = {n: np.full(found.height, v[0], dtype=np.int64) for n, v in columns.items() if len(v)}
    for name, (_, parts) in packed.items():
        rows |= {
            n: (found[name].to_numpy() >> low & (1 << bits) - 1) + least for n, least, low, bits in parts
        }
    nothing = np.zeros(found.height, dtype=np.int64)
    return Seen(
        np.column_stack([rows.get(f"l{i}", nothing - 1) for i in range(c)]).astype(np.int8),
        np.column_stack([rows.get(f"f{i}", nothing) for i in range(c)]).astype(np.float64) * step,
        found["times"].to_numpy(),
        rows.get("offset", nothing).astype(np.float64) * step,
        rows.get("group", nothing),
        rows_of_words(np.column_stack([rows.get(f"t{i}", nothing) for i in range(told.shape[1])]), c),
    )


Packed = tuple[npt.NDArray[np.int64], list[tuple[str, int, int, int]]]
"""Several columns as one number, and of each its name, its least value, where its bits begin and how many."""


def _packed(columns: Mapping[str, npt.NDArray[Any]]) -> dict[str, Packed]:
    """Columns of whole numbers as few, which sort as they do: the first has the highest bits."""
    found: dict[str, Packed] = {}
    parts: list[tuple[str, int, int, int]] = []
    free = 0
    for name in reversed([*columns]):
        least, most = int(columns[name].min()), int(columns[name].max())
        bits = max((most - least).bit_length(), 1)
        if bits > free:
            key, parts, free = np.zeros(len(columns[name]), dtype=np.int64), [], 63
            found = {f"k{len(found)}": (key, parts)} | found
        parts.append((name, least, 63 - free, bits))
        key += (columns[name].astype(np.int64) - least) << 63 - free
        free -= bits
    return found


@dataclass(frozen=True, slots=True)
class Compared:
    """Hold what was compared in some patterns, and what they tell, each combination once. ``of`` (p,): which
    of these q each pattern has. ``at`` (q, c * v): a one at each of its levels, counted up over all
    comparisons, the place before them where nothing was compared; ``telling`` the same where the combination
    tells. ``width``: v, the places of a comparison."""

    of: Rows
    at: csr_array
    telling: csr_array
    width: int

    def __len__(self) -> int:
        return int(self.at.shape[0])

    def summed(self, weights: Bits) -> Bits:
        """Weights of the patterns (p, k), of each combination together: (q, k)."""
        return np.column_stack([np.bincount(self.of, w, minlength=len(self)) for w in weights.T])

    def counts(self, weights: Bits, *, telling: bool) -> Bits:
        """Weights of the combinations (q, k) at each level of each comparison: (c, levels, k)."""
        found = (self.telling if telling else self.at).T @ np.ascontiguousarray(weights)
        return np.asarray(found).reshape(-1, self.width, weights.shape[1])[:, 1:]

    def bits(self, arrays: Tables) -> Bits:
        """Bits of the combinations under each kind, as :meth:`Tables.patterns` has them: (q, k)."""
        kinds = len(arrays.same)
        own = np.zeros((arrays.own.shape[1], self.width, kinds))
        own[:, 1:] = arrays.own.transpose(1, 2, 0)
        found = self.at @ own.reshape(-1, kinds) + arrays.log_share
        if arrays.beside is not None:
            more = np.zeros_like(own)
            more[:, 1:] = arrays.beside.transpose(1, 2, 0)
            comparison, level = arrays.beside_at
            place = comparison * self.width + 1 + level
            at = np.flatnonzero(self.at[:, [place]].toarray().ravel())
            found[at] += self.at[at] @ more.reshape(-1, kinds)
        return np.asfortranarray(found)


def compared(seen: Seen, levels: int) -> Compared:
    """Return the combinations in some patterns: far fewer, where frequencies and what is known beforehand
    differ. ``levels``: the most that a comparison has.
    """
    of = np.zeros(len(seen.times), dtype=np.int64)
    if len(of):
        columns = dict(enumerate([*seen.levels.T, *seen.tells.T]))
        for key, _ in _packed({str(i): column for i, column in columns.items()}).values():
            dense = np.unique(key, return_inverse=True)[1]
            of = np.unique(of * (int(dense.max()) + 1) + dense, return_inverse=True)[1]
    first = np.zeros(int(of.max(initial=-1)) + 1, dtype=np.int64)
    first[of[::-1]] = np.arange(len(of))[::-1]
    q, c = len(first), seen.levels.shape[1]
    width = levels + 1
    places = (seen.levels[first].astype(np.int32) + 1 + np.arange(c, dtype=np.int32) * width).ravel()
    begins = np.arange(q + 1, dtype=np.int32) * c

    def having(ones: npt.NDArray[Any]) -> csr_array:
        return csr_array((ones.astype(np.float64), places, begins), shape=(q, c * width))

    return Compared(of, having(np.ones(q * c)), having(seen.tells[first].ravel()), width)


@dataclass(frozen=True, slots=True)
class Weighed:
    """Pairs of rows with their levels (n, c) and evidence (n,). What the values of each are worth is not
    kept: it takes eight times the room of the levels, and :meth:`Weigher.frequencies` makes it again."""

    left: Rows
    right: Rows
    levels: Levels
    evidence: Bits

    def __len__(self) -> int:
        return len(self.left)

    @property
    def pairs(self) -> npt.NDArray[np.int64]:
        """Pairs of rows: shape (n, 2)."""
        return np.column_stack([self.left, self.right])


def joined(parts: Sequence[Weighed]) -> Weighed:
    """Return the pairs of all parts, one after the other."""
    return Weighed(
        np.concatenate([p.left for p in parts]),
        np.concatenate([p.right for p in parts]),
        np.concatenate([p.levels.T for p in parts], axis=1).T,
        np.concatenate([p.evidence for p in parts]),
    )


def taken(weighed: Weighed, at: Rows) -> Weighed:
    """Some of the pairs."""
    return Weighed(
        weighed.left.take(at),
        weighed.right.take(at),
        # Levels have a column after the other.
        weighed.levels.T.take(at, axis=1).T,
        weighed.evidence.take(at),
    )
