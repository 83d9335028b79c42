"""Which pairs of records are compared: those that share a key that few records have.

The same keys block the batch and are looked up when a form is saved. In the batch a key is a number made
of the codes of its parts; in the database it is made of a keyed hash of its parts' texts
(:mod:`lamplighter.linkage.keys`), so that the table shows nobody's name or number.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.coded import Hashes, Lists, Numbers, Rows, Texts, meeting, mixed
from lamplighter.linkage.features import Features
from lamplighter.linkage.levels import Extra

Packed = npt.NDArray[np.int64]
NARROWER = np.uint64(100)
MOST_RECORDS_A_KEY = 60
"""A key that more records share is narrowed; what is then still shared by more is passed over."""
_PART = re.compile(r"^(?P<column>\w+?)(?:\[(?P<begin>\d+):(?P<end>\d+)\])?$")


@dataclass(frozen=True, slots=True)
class Part:
    """A feature column, or a slice of its texts."""

    column: str
    begin: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """One kind of key: its parts, and what narrows it where it is common."""

    name: str
    parts: tuple[Part, ...]
    narrow: tuple[Part, ...] = ()
    unordered: bool = False

    def columns(self) -> set[str]:
        return {p.column for p in self.parts}


def part(text: str) -> Part:
    """A part as the table writes it: 'sur' or 'sur[0:4]'."""
    found = _PART.match(text)
    if found is None:
        raise ValueError(f"Not a part of a key: {text!r}")
    if found["begin"] is None:
        return Part(found["column"])
    return Part(found["column"], int(found["begin"]), int(found["end"]))


@cache
def key_kinds(extras: tuple[Extra, ...] = ()) -> tuple[Key, ...]:
    """The keys of the table, and those that a table with further columns adds."""
    text = (files("lamplighter.linkage") / "keys.toml").read_text("utf-8")
    own = [
        Key(
            row["name"],
            tuple(part(p) for p in row["parts"]),
            tuple(part(p) for p in row.get("narrow", ())),
            bool(row.get("unordered", False)),
        )
        for row in tomllib.loads(text)["key"]
    ]
    return (*own, *(k for e in extras for k in _of_extra(e)))


def _of_extra(extra: Extra) -> list[Key]:
    narrow = tuple(part(p) for p in ("first[0:1]", "sur[0:1]", "birth_date[0:4]"))
    own = Part(extra.column)
    if extra.kind == "identifier":
        return [Key(extra.column, (own,), narrow)]
    if extra.kind == "text":
        return [
            _with(f"{extra.column}_class", own, "first_class", ["sur[0:2]", "birth_date[0:4]"]),
            _with(f"{extra.column}_surname", own, "sur_ph", ["first[0:2]", "birth_date[0:4]"]),
        ]
    return []


def _with(name: str, own: Part, other: str, narrow: Sequence[str]) -> Key:
    return Key(name, (own, part(other)), tuple(part(p) for p in narrow))


class Hashed:
    """The parts' columns as hashes, each worked out once."""

    def __init__(self, features: Features) -> None:
        self.features = features
        self._done: dict[Part, tuple[Rows, Hashes] | Hashes] = {}

    def of(self, wanted: Part) -> tuple[Rows, Hashes] | Hashes:
        """Hashes (n,) of a column of texts, 0 where nothing is recorded; or rows and hashes, one for
        each text of a column of lists."""
        if wanted not in self._done:
            self._done[wanted] = self._made(wanted)
        return self._done[wanted]

    def _made(self, wanted: Part) -> tuple[Rows, Hashes] | Hashes:
        columns = self.features.columns
        column = columns.by_name[wanted.column]
        if isinstance(column, Lists):
            rows, codes = column.items()
            return rows, self.values(column.values)[codes]
        if isinstance(column, Numbers):
            return np.where(column.known, mixed(column.numbers.astype(np.uint64)), np.uint64(0))
        if wanted.begin is not None and wanted.end is not None:
            column = columns.text(("part", wanted.column, wanted.begin, wanted.end - wanted.begin))
        return _by_code(column, self.values(column.values))

    def values(self, values: pl.Series) -> Hashes:
        """Hashes of distinct values. Good within one process."""
        return values.hash(1).to_numpy() | np.uint64(1)


def _by_code(column: Texts, hashes: Hashes) -> Hashes:
    if not len(hashes):
        return np.zeros(len(column), dtype=np.uint64)
    return np.where(column.codes >= 0, hashes[np.maximum(column.codes, 0)], np.uint64(0))


def rows_and_keys(key: Key, hashed: Hashed) -> tuple[Rows, Hashes]:
    """The records that have every part of a key, each with the key."""
    rows: Rows = np.arange(len(hashed.features), dtype=np.int64)
    made = np.zeros(len(rows), dtype=np.uint64)
    for i, wanted in enumerate(key.parts):
        salt = np.uint64(0 if key.unordered else i + 1)
        rows, made = added(rows, made, hashed.of(wanted), salt)
    return rows, mixed(made)


def added(
    rows: Rows, made: Hashes, hashes: tuple[Rows, Hashes] | Hashes, salt: np.uint64
) -> tuple[Rows, Hashes]:
    """Keys with one more part. The sum of mixed parts does not depend on their order but for ``salt``."""
    with np.errstate(over="ignore"):
        if isinstance(hashes, tuple):
            left = pl.DataFrame({"row": rows, "made": made})
            right = pl.DataFrame({"row": hashes[0], "hash": hashes[1]})
            both = left.join(right, on="row", how="inner", maintain_order="left")
            return both["row"].to_numpy(), both["made"].to_numpy() + mixed(both["hash"].to_numpy() + salt)
        own = hashes[rows]
        some = own != 0
        return rows[some], made[some] + mixed(own[some] + salt)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much keys may propose: ``most`` records to a key, and so many ``pairs``. Rare keys come first;
    what is commoner than the limits allow is narrowed."""

    most: int = MOST_RECORDS_A_KEY
    pairs: float = float("inf")

    def largest(self, sizes: Rows) -> int:
        """The largest group of records that fits."""
        counts = np.bincount(sizes[(sizes > 1) & (sizes <= self.most)], minlength=3)
        size = np.arange(len(counts))
        allowed = np.flatnonzero(np.cumsum(counts * size * (size - 1) / 2) <= self.pairs)
        return int(max(allowed[-1], 2)) if len(allowed) else 2

    def less(self, spent: float, parts: float = 1.0) -> Limits:
        """An equal share of what is left for so many parts."""
        return Limits(self.most, max(self.pairs - spent, 0.0) / parts)


@dataclass(frozen=True, slots=True)
class Block:
    """Groups of records that share a key: ``rows`` in order of the key, where each group starts and its
    size. ``crowded``: the keys that too many share, sorted; ``narrower``: the part by which it is
    narrowed, or None."""

    rows: Rows
    starts: Rows
    sizes: Rows
    crowded: Hashes
    narrower: Part | None = None

    @property
    def pairs(self) -> float:
        """How many pairs of records there are in the groups."""
        return float((self.sizes * (self.sizes - 1) / 2).sum())


def every_block(keys: Sequence[Key], hashed: Hashed, limits: Limits) -> Iterator[Block]:
    """The blocks of some keys within limits for all together: what one does not need the next ones have."""
    spent = 0.0
    for i, key in enumerate(keys):
        for block in blocks(key, hashed, limits.less(spent, len(keys) - i)):
            spent += block.pairs
            yield block


def blocks(key: Key, hashed: Hashed, limits: Limits) -> Iterator[Block]:
    """Groups of records that share a key, and are not too many.

    Common keys are narrowed by each of ``key.narrow`` in turn; half of the pairs are kept for that.
    """
    rows, made = rows_and_keys(key, hashed)
    order, starts, sizes = grouped(made)
    most = limits.less(0.0, 2.0 if key.narrow else 1.0).largest(sizes)
    found = _block(rows, made, order, starts, sizes, most)
    spent = found.pairs
    yield found
    over = sizes > most
    if not over.any():
        return
    crowd = order[np.repeat(over, sizes)]
    rows, made = rows[crowd], made[crowd]
    for i, narrower in enumerate(key.narrow):
        kept, finer = added(rows, mixed(made), hashed.of(narrower), NARROWER + np.uint64(i))
        order, starts, sizes = grouped(finer)
        finest = limits.less(spent, len(key.narrow) - i).largest(sizes)
        found = _block(kept, finer, order, starts, sizes, finest, narrower)
        spent += found.pairs
        yield found


def _block(
    rows: Rows, made: Hashes, order: Rows, starts: Rows, sizes: Rows, most: int, narrower: Part | None = None
) -> Block:
    fits = (sizes > 1) & (sizes <= most)
    crowded = made[order[starts[sizes > most]]]
    return Block(rows[order], starts[fits], sizes[fits], crowded, narrower)


def grouped(made: Hashes) -> tuple[Rows, Rows, Rows]:
    """The order of some keys, where each one starts in it, and how often it is there."""
    if not len(made):
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing, nothing
    order = pl.Series(made).arg_sort().to_numpy()
    ordered = made[order]
    begins = np.empty(len(made), dtype=bool)
    begins[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
    starts = np.flatnonzero(begins)
    return order, starts, np.diff(np.append(starts, len(made)))


def pairs_in(block: Block) -> Iterator[tuple[Rows, Rows]]:
    """Every pair of records of each group, by groups of one size: left < right."""
    order = np.argsort(block.sizes, kind="stable")
    ends = np.flatnonzero(np.diff(block.sizes[order])) + 1
    for at in np.split(order, ends):
        if len(at):
            size = int(block.sizes[at[0]])
            members = block.rows[block.starts[at][:, None] + np.arange(size)]
            i, j = np.triu_indices(size, 1)
            a, b = members[:, i].ravel(), members[:, j].ravel()
            yield np.minimum(a, b), np.maximum(a, b)


def usable(features: Features, extras: tuple[Extra, ...] = ()) -> list[Key]:
    """The keys of which these features have every part."""
    return [
        Key(k.name, k.parts, tuple(p for p in k.narrow if features.has(p.column)), k.unordered)
        for k in key_kinds(extras)
        if all(features.has(c) for c in k.columns())
    ]


def packed(left: Rows, right: Rows, n: int) -> Packed:
    """A pair of rows as one number."""
    return left * n + right


def unpacked(pairs: Packed, n: int) -> tuple[Rows, Rows]:
    """The rows of packed pairs."""
    left, right = np.divmod(pairs, n)
    return left, right


def distinct(parts: Sequence[Packed]) -> Packed:
    """Sorted packed pairs, none twice."""
    if not parts:
        return np.empty(0, dtype=np.int64)
    return pl.Series(np.concatenate(parts)).unique().sort().to_numpy()


def shares_key(key: Key, hashed: Hashed, left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
    """Whether each pair of records has every part of a key in common."""
    if key.unordered:
        one, two = (hashed.of(p) for p in key.parts)
        a, b = np.asarray(one), np.asarray(two)
        known = (a[left] != 0) & (b[left] != 0)
        straight = (a[left] == a[right]) & (b[left] == b[right])
        crossed = (a[left] == b[right]) & (b[left] == a[right])
        return np.asarray(known & (straight | crossed))
    shared = np.ones(len(left), dtype=bool)
    for wanted in key.parts:
        at = np.flatnonzero(shared)
        shared[at] = shares_part(hashed, wanted, left[at], right[at])
    return shared


def shares_part(hashed: Hashed, wanted: Part, left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
    """Whether each pair of records has one part in common."""
    hashes = hashed.of(wanted)
    if not isinstance(hashes, tuple):
        return np.asarray((hashes[left] != 0) & (hashes[left] == hashes[right]))
    column = hashed.features.columns.list(wanted.column)
    return meeting(column, column.codes[left], column.codes[right])
