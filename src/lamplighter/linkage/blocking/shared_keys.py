"""Tell whether pairs of records share a blocking key, or a part of one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.row_order import Hashes, Rows
from lamplighter.linkage.blocking.blocking_rules import Key, Part
from lamplighter.linkage.blocking.candidate_pairs import Hashed
from lamplighter.linkage.features.encoded_columns import Lists, Numbers, Texts, meeting


class Shares:
    """Hold what pairs of records have in common, each part looked at once: ``left`` and ``right`` (n,)."""

    def __init__(self, hashed: Hashed, left: Rows, right: Rows) -> None:
        self.hashed, self.left, self.right = hashed, left, right
        self._parts: dict[Part, npt.NDArray[np.bool_]] = {}

    def part(self, wanted: Part) -> npt.NDArray[np.bool_]:
        """Tell whether each pair has a part in common."""
        if wanted not in self._parts:
            self._parts[wanted] = shares_part(self.hashed, wanted, self.left, self.right)
        return self._parts[wanted]

    def key(self, key: Key) -> npt.NDArray[np.bool_]:
        """Tell whether each pair has every part of a key in common: an array of its own."""
        if key.unordered:
            return self._either_way(*key.parts)
        shared = np.ones(len(self.left), dtype=bool)
        for wanted in key.parts:
            shared &= self.part(wanted)
        return shared

    def _either_way(self, one: Part, two: Part) -> npt.NDArray[np.bool_]:
        hashed, left, right = self.hashed, self.left, self.right
        known = holds_part(hashed, one, left) & holds_part(hashed, two, left)
        known &= holds_part(hashed, one, right) & holds_part(hashed, two, right)
        at = np.flatnonzero(known)
        a, b = (_hashes(hashed, p, left[at]) for p in (one, two))
        c, d = (_hashes(hashed, p, right[at]) for p in (one, two))
        known[at] = ((a == c) & (b == d)) | ((a == d) & (b == c))
        return known


def shares_part(hashed: Hashed, wanted: Part, left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
    """Tell whether each pair of records has one part in common."""
    column = hashed.column(wanted)
    if isinstance(column, Lists):
        a, b, columns = column.codes[left], column.codes[right], hashed.features.columns
        found = (a >= 0) & (b >= 0)
        if columns.single(wanted.column):
            return np.asarray(found & (a == b))
        bits = columns.list_bits(wanted.column)
        # No list is empty: two that are the same have all in common.
        some = np.flatnonzero(found & (a != b))
        found[some] = (bits[a[some]] & bits[b[some]]) != 0
        some = some[found[some]]
        found[some] = meeting(column, a[some], b[some])
        return found
    assert isinstance(column, Texts)
    codes = column.codes[left]
    return np.asarray((codes >= 0) & (codes == column.codes[right]))


def holds_part(hashed: Hashed, wanted: Part, rows: Rows) -> npt.NDArray[np.bool_]:
    """Tell whether each record has a part."""
    column = hashed.column(wanted)
    assert not isinstance(column, Numbers)
    return np.asarray(column.codes[rows] >= 0)


def _hashes(hashed: Hashed, wanted: Part, rows: Rows) -> Hashes:
    """Return the hash of a part of records that have it."""
    column = hashed.column(wanted)
    assert isinstance(column, Texts)
    return hashed.mixed(wanted, np.uint64(0))[column.codes[rows]]
