"""Write pairs of numbers below 2**32 as one word of 64 bits each, the lower number in its upper half."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.row_order import Rows, different, numbered

Packed = npt.NDArray[np.int64]
_HALF = 32


def packed(a: Rows, b: Rows) -> Packed:
    """Pairs of numbers, each as one number."""
    return np.minimum(a, b) << _HALF | np.maximum(a, b)


def unpacked(pairs: Packed) -> tuple[Rows, Rows]:
    """Return the two numbers of each pair, the lower first."""
    return pairs >> _HALF, pairs & ((1 << _HALF) - 1)


def packed_one(a: int, b: int) -> int:
    """One pair as one number."""
    return a << _HALF | b if a < b else b << _HALF | a


def distinct(*pairs: Packed) -> Packed:
    """Pairs in order, none twice."""
    return different(np.concatenate(pairs))


def ends(pairs: Packed) -> list[int]:
    """Return every number that is in one of some pairs, in order."""
    return list(different(np.concatenate(unpacked(pairs))).tolist())


def of_whom(pairs: Packed) -> tuple[list[int], Packed]:
    """Return every number that is in one of some pairs, in order, and the pairs by the places of these."""
    who, at = numbered(np.concatenate(unpacked(pairs)))
    return who.tolist(), packed(*np.split(at, 2))
