"""Order whole numbers by the million, tell them apart, mix them, and spread them out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

Rows = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
_MANY, _LOOKED_AT = 1_000_000, 10_000
_BITS = 63
_Whole = TypeVar("_Whole", np.int64, np.uint64)


def ordered(values: npt.NDArray[_Whole]) -> npt.NDArray[_Whole]:
    """Whole numbers in order, not to be written to. Polars sorts them four times faster than NumPy does
    where NumPy takes to AVX-512 on a processor that is slow at it."""
    return pl.Series(values).sort(multithreaded=False).to_numpy()


def different(values: Rows) -> Rows:
    """Whole numbers in order, none twice. NumPy's own way takes three times as long where there are few."""
    return _first_of_each(np.sort(values))


def _first_of_each(ordered: Rows) -> Rows:
    return ordered.take(np.flatnonzero(begins_of(ordered)))


def numbered(values: Rows) -> tuple[Rows, Rows]:
    """Return the same, and for each of the values which of them it is."""
    order = np.argsort(values, kind="stable")
    found = values[order]
    begins = begins_of(found)
    which = np.empty(len(found), dtype=np.int64)
    which[order] = np.cumsum(begins) - 1
    return found[begins], which


def begins_of(ordered: npt.NDArray[_Whole]) -> npt.NDArray[np.bool_]:
    """Tell which of some numbers in order are the first of those that are alike."""
    begins = np.empty(len(ordered), dtype=bool)
    begins[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
    return begins


def among(values: npt.NDArray[_Whole], some: npt.NDArray[_Whole]) -> npt.NDArray[np.bool_]:
    """Tell which of the values are among ``some``, which are in order."""
    if not len(some):
        return np.zeros(len(values), dtype=bool)
    return np.asarray(some.take(np.minimum(np.searchsorted(some, values), len(some) - 1)) == values)


def placed(values: Rows, some: Rows) -> tuple[Rows, npt.NDArray[np.bool_]]:
    """Tell where each of the values stands among ``some``, of which there are any and none twice, and which
    do."""
    order = np.argsort(some, kind="stable")
    place = order.take(np.minimum(np.searchsorted(some.take(order), values), len(some) - 1))
    return place, np.asarray(some.take(place) == values)


def different_by_two(values: Rows) -> Rows:
    """:func:`different` of many numbers, by two threads: one for the lower half, one for the upper."""
    if len(values) < _MANY:
        return _first_of_each(ordered(values))
    middle = np.median(values[:: len(values) // _LOOKED_AT])

    def half(*, lower: bool) -> Rows:
        some = np.flatnonzero(values < middle if lower else values >= middle)
        return _first_of_each(ordered(values.take(some)))

    with ThreadPoolExecutor(2) as pool:
        lower, upper = pool.submit(half, lower=True), pool.submit(half, lower=False)
        return np.concatenate([lower.result(), upper.result()])


def mixed(value: Hashes) -> Hashes:
    """Bits of a number well mixed (splitmix64, Steele et al., 2014)."""
    with np.errstate(over="ignore"):
        value = value + np.uint64(0x9E3779B97F4A7C15)
        shifted = value >> np.uint64(30)
        # In their places: new arrays of millions take as long to get as to fill.
        value ^= shifted
        value *= np.uint64(0xBF58476D1CE4E5B9)
        value ^= np.right_shift(value, np.uint64(27), out=shifted)
        value *= np.uint64(0x94D049BB133111EB)
        value ^= np.right_shift(value, np.uint64(31), out=shifted)
        return value


def alike_together(hashes: Hashes) -> tuple[Rows, npt.NDArray[np.bool_]]:
    """Return the order of some hashes, and which are the first of those that are alike.

    The hash is sorted with its place as one number, as far as there is room for both; the few that are alike
    only so far are put right after.
    """
    place = np.uint64((1 << max(len(hashes) - 1, 1).bit_length()) - 1)
    order = (ordered(hashes & ~place | np.arange(len(hashes), dtype=np.uint64)) & place).view(np.int64)
    found = hashes.take(order)
    begins = begins_of(found)
    mixed_up = begins[1:] & ((found[1:] ^ found[:-1]) <= place)
    if mixed_up.any():
        run = np.cumsum(np.concatenate([[True], (found[1:] ^ found[:-1]) > place]))
        at = np.flatnonzero(np.isin(run, run[1:][mixed_up]))
        order[at] = order[at][np.lexsort((order[at], hashes[order[at]]))]
        found = hashes[order]
        np.not_equal(found[1:], found[:-1], out=begins[1:])
    return order, begins


def spread(starts: Rows, sizes: Rows) -> Rows:
    """``starts[i], starts[i] + 1, ...`` (``sizes[i]`` of them) for every i, one after the other."""
    return spread_of(starts, sizes)[1]


def spread_of(starts: Rows, sizes: Rows) -> tuple[Rows, Rows]:
    """For every one of :func:`spread` its i, and itself."""
    of = np.repeat(np.arange(len(sizes)), sizes)
    return of, np.arange(len(of)) + (starts - np.cumsum(sizes) + sizes).take(of)


def bits_of_rows(truths: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Rows of at most 63 truth values as numbers: the first is the lowest bit."""
    eights = np.packbits(truths, axis=1, bitorder="little")
    found = np.zeros(len(truths), dtype=np.int64)
    for place in range(eights.shape[1]):
        found |= eights[:, place].astype(np.int64) << 8 * place
    return found


def words_of_rows(truths: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Rows of any number of truth values (n, c) as numbers of 63 bits each: (n, numbers)."""
    begins = range(0, max(truths.shape[1], 1), _BITS)
    return np.column_stack([bits_of_rows(truths[:, b : b + _BITS]) for b in begins])


def rows_of_words(words: npt.NDArray[np.int64], many: int) -> npt.NDArray[np.bool_]:
    """So ``many`` truth values a row, of what :func:`words_of_rows` made of them."""
    at = np.arange(many)
    return np.asarray((words[:, at // _BITS] >> at % _BITS & 1).astype(bool))
