"""Keep many records under their blocking keys, the crowded ones narrowed (:mod:`blocking.hashed_keys`).

Records come in parts, of which one at a time need be in memory: keys are put apart by their first bits, in
files where there are many, so that all the records of a key lie together, whichever part they are of.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.row_order import Hashes, Rows, among, mixed
from lamplighter.linkage.blocking.blocking_rules import Key, key_kinds
from lamplighter.linkage.blocking.candidate_pairs import NARROWER, added, rows_and_keys
from lamplighter.linkage.blocking.hashed_keys import Keyed, salted

Keys = npt.NDArray[np.int64]
AT_ONCE = 200_000
"""Records whose keys are sorted at once, about: some twenty-five keys each."""
ROW = np.dtype([("key", "<i8"), ("row", "<i8")])


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the records: their features, and further ``keys`` with the ``rows`` that have them."""

    hashed: Keyed
    rows: Rows = field(default_factory=lambda: np.empty(0, np.int64))
    keys: Keys = field(default_factory=lambda: np.empty(0, np.int64))


@dataclass(frozen=True, slots=True)
class Kept:
    """``sorted``: keys and the numbers of all records that are kept under them, in order of both, none
    twice, some at a time; ``crowded``: the keys that nobody is kept under, sorted."""

    sorted: Iterator[tuple[Keys, Rows]]
    crowded: Keys


def kept(
    parts: Sequence[Callable[[], Part]],
    numbers: Sequence[Rows],
    most: int,
    folder: Path | None = None,
) -> Kept:
    """Return every key of every record, what more than ``most`` share narrowed. Each part is asked for twice;
    ``numbers`` has the number of each of its records, by which they are called in the answer. Where a
    ``folder`` is given, keys that are not looked at lie in files there."""
    number = 1 << max(sum(map(len, numbers)) // AT_ONCE - 1, 0).bit_length()
    plain, finer = _Apart(number, folder), _Apart(number, folder)
    for of, part in zip(numbers, parts, strict=True):
        own = part()
        plain.add(own.keys, of[own.rows])
        for kind, rows, made in _every(own.hashed):
            plain.add(salted(made, kind).view(np.int64), of[rows])
    crowded = plain.over(most)
    if len(crowded):
        for of, part in zip(numbers, parts, strict=True):
            for keys, rows in _narrowed(part().hashed, crowded):
                finer.add(keys, of[rows])
    still = finer.over(most)
    return Kept(_together(plain, crowded, finer, still), np.union1d(crowded, still))


def _every(hashed: Keyed) -> Iterator[tuple[Key, Rows, Hashes]]:
    for kind in key_kinds():
        if all(hashed.features.has(c) for c in kind.columns()):
            yield kind, *rows_and_keys(kind, hashed)


def _narrowed(hashed: Keyed, crowded: Keys) -> Iterator[tuple[Keys, Rows]]:
    """Return what narrows crowded keys of some records."""
    for kind, rows, made in _every(hashed):
        crowd = np.flatnonzero(among(salted(made, kind).view(np.int64), crowded))
        if not len(crowd) or not kind.narrow:
            continue
        whose, base = rows[crowd], mixed(made[crowd])
        for i, narrower in enumerate(kind.narrow):
            if hashed.features.has(narrower.column):
                owners, keys = added(whose, base, hashed, narrower, NARROWER + np.uint64(i))
                yield salted(keys, kind).view(np.int64), owners


def _together(plain: _Apart, crowded: Keys, finer: _Apart, still: Keys) -> Iterator[tuple[Keys, Rows]]:
    for number in range(plain.number):
        first, second = plain.of(number), finer.of(number)
        both = np.concatenate([first[~among(first["key"], crowded)], second[~among(second["key"], still)]])
        order = np.lexsort((both["row"], both["key"]))
        keys, rows = both["key"][order], both["row"][order]
        new = np.ones(len(keys), dtype=bool)
        new[1:] = (keys[1:] != keys[:-1]) | (rows[1:] != rows[:-1])
        yield keys[new], rows[new]


class _Apart:
    """Keys with their rows, apart by the first bits of the key, so that they are in order one by one."""

    def __init__(self, number: int, folder: Path | None) -> None:
        self.number = number
        self._shift = np.uint64(64 - (number.bit_length() - 1))
        self._folder = None if folder is None else Path(tempfile.mkdtemp(dir=folder))
        self._held: list[list[npt.NDArray[np.void]]] = [[] for _ in range(number)]

    def add(self, keys: Keys, rows: Rows) -> None:
        both = np.empty(len(keys), ROW)
        both["key"], both["row"] = keys, rows
        if self.number == 1:
            self._keep(0, both)
            return
        # Signed numbers in their order.
        which = ((keys.view(np.uint64) ^ np.uint64(1 << 63)) >> self._shift).astype(np.uint16)
        both = both[np.argsort(which, kind="stable")]
        ends = np.cumsum(np.bincount(which, minlength=self.number))
        for place, some in enumerate(np.split(both, ends[:-1])):
            self._keep(place, some)

    def of(self, place: int) -> npt.NDArray[np.void]:
        if self._folder is not None:
            file = self._folder / f"{place}"
            return np.fromfile(file, ROW) if file.exists() else np.empty(0, ROW)
        return np.concatenate([np.empty(0, ROW), *self._held[place]])

    def over(self, most: int) -> Keys:
        """Return the keys that more than ``most`` share, sorted."""
        found = []
        for place in range(self.number):
            keys = np.sort(self.of(place)["key"])
            # A key is shared by more if the same stands so much further on.
            found.append(np.unique(keys[most:][keys[most:] == keys[: max(len(keys) - most, 0)]]))
        return np.concatenate(found)

    def _keep(self, place: int, some: npt.NDArray[np.void]) -> None:
        if self._folder is None:
            self._held[place].append(some)
        elif len(some):
            with (self._folder / f"{place}").open("ab") as file:
                some.tofile(file)
