"""Write pairs of n records as one number each, and count them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.row_order import Rows, different_by_two

Packed = npt.NDArray[np.int64]


def pairs_of(records: int) -> float:
    """Tell how many pairs of records there are, and one where there are none."""
    return max(records * (records - 1) / 2, 1.0)


def packed(left: Rows, right: Rows, n: int) -> Packed:
    """Return a pair of rows as one number."""
    return left * n + right


def unpacked(pairs: Packed, n: int) -> tuple[Rows, Rows]:
    """Return the rows of packed pairs."""
    # By one number NumPy divides far faster than it works out both at once.
    left = pairs // n
    return left, pairs - left * n


def repeated(parts: Sequence[Packed]) -> Packed:
    """Sorted packed pairs that come more than once, as often as they do but for once."""
    if not parts:
        return np.empty(0, dtype=np.int64)
    every = np.concatenate(parts)
    every.sort()
    return np.asarray(every[1:][every[1:] == every[:-1]])


def distinct(parts: Sequence[Packed]) -> Packed:
    """Sorted packed pairs, none twice."""
    if not parts:
        return np.empty(0, dtype=np.int64)
    return different_by_two(np.concatenate(parts))
