"""Rule out, for less than comparing letters, that two texts are alike.

Of every distinct text a few numbers are kept: its length, its first four letters, and which letters it has
once and twice. From these follow bounds that no pair of texts can pass, so that only the pairs within them
are compared letter by letter; what is compared comes out as without the bounds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Bools = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint64]
Codes = npt.NDArray[np.int32]
_AT_ONCE = 250_000
_SAFE, _SAFE_LETTERS = 1e-9, 1e-4
_PREFIX = 4
_BOOSTED = 0.1


@dataclass(frozen=True, slots=True)
class Signs:
    """Of n distinct texts: ``length`` (n,), ``once`` and ``twice`` (n,) a bit for each letter that is there
    at all and more than once, ``head`` (n,) the first four letters, eight bits of each."""

    length: npt.NDArray[np.int32]
    once: Bits
    twice: Bits
    head: npt.NDArray[np.uint32]


def signs(values: pl.Series) -> Signs:
    """Return the signs of distinct texts."""
    n = len(values)
    made = Signs(
        values.str.len_chars().cast(pl.Int32).to_numpy().astype(np.int32),
        np.zeros(n, dtype=np.uint64),
        np.zeros(n, dtype=np.uint64),
        np.zeros(n, dtype=np.uint32),
    )
    for start in range(0, n, _AT_ONCE):
        some = values[start : start + _AT_ONCE]
        letters = _letters(some)
        once, twice = made.once[start : start + len(some)], made.twice[start : start + len(some)]
        for place in range(letters.shape[1]):
            column = letters[:, place].astype(np.uint32)
            bit = np.where(
                column > 0, np.uint64(1) << (column & np.uint32(63)).astype(np.uint64), np.uint64(0)
            )
            twice |= once & bit
            once |= bit
            if place < _PREFIX:
                made.head[start : start + len(some)] |= (column & np.uint32(255)) << np.uint32(8 * place)
    return made


def _letters(texts: pl.Series) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint32]:
    """Return the letters of some texts as numbers, a row a text, filled up with zeros."""
    length = texts.str.len_bytes().to_numpy()
    if (length == texts.str.len_chars().to_numpy()).all():
        width = max(int(length.max(initial=0)), 1)
        whole = str(texts.str.pad_end(width, "\0").str.join("").item())
        return np.frombuffer(whole.encode(), dtype=np.uint8).reshape(len(texts), width)
    return np.array(texts.to_list(), dtype=np.str_).view(np.uint32).reshape(len(texts), -1)


def may_be_similar(a: Signs, x: Codes, b: Signs, y: Codes, least: float) -> Bools:
    """Tell where texts ``x`` of ``a`` and ``y`` of ``b`` can have a Jaro-Winkler similarity of ``least``.

    No more letters can match than both texts have, and the common beginning is known (Winkler, 1990).
    """
    possible = np.zeros(len(x), dtype=bool)
    at = np.flatnonzero(_have_letters(a, x, b, y, least))
    possible[at] = _may_begin_alike(a, x.take(at), b, y.take(at), least)
    return possible


def _have_letters(a: Signs, x: Codes, b: Signs, y: Codes, least: float) -> Bools:
    """Return the same by the letters alone, each counted once, as if the beginning were in common: what
    rules out nearly all pairs of names.
    """
    one, two = a.once.take(x), b.once.take(y)
    both = one & two
    n, m = a.length.take(x).astype(np.float32), b.length.take(y).astype(np.float32)
    matched = np.minimum(n - np.bitwise_count(one ^ both), m - np.bitwise_count(two ^ both))
    needed = 3 * (1 - (1 - least) / (1 - _BOOSTED * _PREFIX)) - 1
    return np.asarray(matched * (n + m) >= np.float32(needed - _SAFE_LETTERS) * (n * m))


def _may_begin_alike(a: Signs, x: Codes, b: Signs, y: Codes, least: float) -> Bools:
    n, m = a.length.take(x).astype(np.float32), b.length.take(y).astype(np.float32)
    head = a.head.take(x) ^ b.head.take(y)
    begin = np.zeros(len(x), dtype=np.float32)
    for letters in range(1, _PREFIX + 1):
        begin += (head & np.uint32((1 << 8 * letters) - 1)) == 0
    # Jaro's similarity that is needed, given the common beginning.
    needed = 1 - (1 - least) / (1 - _BOOSTED * begin) - _SAFE
    with np.errstate(divide="ignore", invalid="ignore"):
        shorter = np.minimum(n, m)
        possible = (shorter / n + shorter / m + 1) / 3 >= needed - 1e-6
    at = np.flatnonzero(possible)
    i, j = x.take(at), y.take(at)
    one, two = a.once.take(i), b.once.take(j)
    more, most = a.twice.take(i), b.twice.take(j)
    only = np.bitwise_count(one & ~two) + np.bitwise_count(more & ~most)
    other = np.bitwise_count(two & ~one) + np.bitwise_count(most & ~more)
    n, m = n.take(at), m.take(at)
    matched = np.minimum(n - only, m - other)
    with np.errstate(divide="ignore", invalid="ignore"):
        possible[at] = ((matched / n + matched / m + 1) / 3 >= needed.take(at) - 1e-6) | (n == 0) | (m == 0)
    return possible


def may_be_near(a: Signs, x: Codes, b: Signs, y: Codes, most: int) -> Bools:
    """Tell where texts can be ``most`` edits apart (letters put in, left out, replaced, neighbours
    exchanged)."""
    possible = np.abs(a.length.take(x) - b.length.take(y)) <= most
    at = np.flatnonzero(possible)
    i, j = x.take(at), y.take(at)
    # One letter for another changes two of the bits, an exchange none.
    changed = np.bitwise_count(a.once.take(i) ^ b.once.take(j))
    near = changed <= 2 * most
    some = np.flatnonzero(near)
    i, j = i.take(some), j.take(some)
    near[some] = changed.take(some) + np.bitwise_count(a.twice.take(i) ^ b.twice.take(j)) <= 2 * most
    possible[at] = near
    return np.asarray(possible)


def may_begin(a: Signs, x: Codes, b: Signs, y: Codes) -> Bools:
    """Tell where text ``x`` of ``a`` can begin with text ``y`` of ``b``."""
    known = np.minimum(b.length.take(y), _PREFIX).astype(np.uint32)
    mask = np.array([0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF], dtype=np.uint32)[known]
    return np.asarray(((a.head.take(x) ^ b.head.take(y)) & mask) == 0)


def may_contain(a: Signs, x: Codes, b: Signs, y: Codes) -> Bools:
    """Tell where text ``x`` of ``a`` can contain text ``y`` of ``b``."""
    possible = (b.once.take(y) & ~a.once.take(x)) == 0
    at = np.flatnonzero(possible)
    i, j = x.take(at), y.take(at)
    possible[at] = ((b.twice.take(j) & ~a.twice.take(i)) == 0) & (b.length.take(j) <= a.length.take(i))
    return np.asarray(possible)
