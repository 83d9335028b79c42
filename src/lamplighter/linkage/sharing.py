"""Whether pairs of records share a key, or a part of one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.blocking import Hashed
from lamplighter.linkage.coded import Hashes, Lists, Numbers, Rows, Texts, meeting
from lamplighter.linkage.key_kinds import Key, Part


def shares_key(key: Key, hashed: Hashed, left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
    """Whether each pair of records has every part of a key in common."""
    if key.unordered:
        one, two = key.parts
        known = holds_part(hashed, one, left) & holds_part(hashed, two, left)
        known &= holds_part(hashed, one, right) & holds_part(hashed, two, right)
        at = np.flatnonzero(known)
        a, b = (_hashes(hashed, p, left[at]) for p in (one, two))
        c, d = (_hashes(hashed, p, right[at]) for p in (one, two))
        known[at] = ((a == c) & (b == d)) | ((a == d) & (b == c))
        return known
    shared = np.ones(len(left), dtype=bool)
    for wanted in key.parts:
        at = np.flatnonzero(shared)
        shared[at] = shares_part(hashed, wanted, left[at], right[at])
    return shared


def shares_part(hashed: Hashed, wanted: Part, left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
    """Whether each pair of records has one part in common."""
    column = hashed.column(wanted)
    if isinstance(column, Lists):
        return meeting(column, column.codes[left], column.codes[right])
    assert isinstance(column, Texts)
    codes = column.codes[left]
    return np.asarray((codes >= 0) & (codes == column.codes[right]))


def holds_part(hashed: Hashed, wanted: Part, rows: Rows) -> npt.NDArray[np.bool_]:
    """Whether each record has a part."""
    column = hashed.column(wanted)
    assert not isinstance(column, Numbers)
    return np.asarray(column.codes[rows] >= 0)


def _hashes(hashed: Hashed, wanted: Part, rows: Rows) -> Hashes:
    """The hash of a part of records that have it."""
    column = hashed.column(wanted)
    assert isinstance(column, Texts)
    return hashed.mixed(wanted, np.uint64(0))[column.codes[rows]]
