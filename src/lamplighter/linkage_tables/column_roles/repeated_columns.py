"""Find columns that say again what another column says: an employer's name beside its number and its street.

Each would be counted as evidence of its own, and a handful of them outvotes a name. So of columns that
follow from one another the one with the most values is kept. Whether one follows from another is read off
records that share a value which many have: people who have an employer in common and no name. What is shared
by records of one name and hardly any others is somebody's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.comparisons.comparison_levels import CODES, Extra

_SHARED_BY = 5
"""Only values of so many records or more: fewer may be one person's."""
_FEWEST = 100
_FOLLOWS = 0.6
_BY_CHANCE = 0.5
_PLACES = ("town", "postcode")
_NAMES = ("forenames", "surname")
_OF_OTHERS = 0.2
"""Of records that share a value that is nobody's own so many have no name in common."""


def repeated(people: pl.DataFrame, extras: Sequence[Extra]) -> Mapping[str, str]:
    """Columns of ``extras`` that follow from another column: column -> the other."""
    own = [e.column for e in extras if e.kind in ("text", *CODES)]
    if not own:
        return {}
    codes = {c: _codes(people[c]) for c in (*_PLACES, *own) if c in people.columns}
    names = [_codes(people[c]) for c in _NAMES if c in people.columns]
    # The column with the most values tells the rest; of equals the first name.
    order = sorted(codes, key=lambda c: (-int(codes[c].max(initial=-1)), c))
    found: dict[str, str] = {}
    for i, teller in enumerate(order):
        if teller in found:
            continue
        left, right = _strangers(names, *_neighbours(codes[teller]))
        if len(left) < _FEWEST:
            continue
        for other in order[i + 1 :]:
            if other in own and other not in found and _follows(codes[other], left, right):
                found[other] = teller
    return found


def _codes(values: pl.Series) -> npt.NDArray[np.int64]:
    """Return a number for each distinct text, without case, -1 where there is none."""
    texts = values.cast(pl.String()).str.to_lowercase()
    return texts.rank("dense").fill_null(0).to_numpy().astype(np.int64) - 1


def _neighbours(codes: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Pairs of rows that share a common value: each row with the next one that has it."""
    counts = np.bincount(codes[codes >= 0], minlength=1)
    rows = np.flatnonzero((codes >= 0) & (counts[np.maximum(codes, 0)] >= _SHARED_BY))
    rows = rows[np.argsort(codes[rows], kind="stable")]
    next_to = codes[rows[1:]] == codes[rows[:-1]]
    return rows[:-1][next_to], rows[1:][next_to]


def _strangers(
    names: Sequence[npt.NDArray[np.int64]], left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Those pairs of rows that have no name in common; none where they are but a few."""
    apart = np.ones(len(left), dtype=bool)
    for codes in names:
        apart &= codes[left] != codes[right]
    if apart.sum() < _OF_OTHERS * len(left):
        apart[:] = False
    return left[apart], right[apart]


def _follows(codes: npt.NDArray[np.int64], left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> bool:
    both = (codes[left] >= 0) & (codes[right] >= 0)
    if both.sum() < _FEWEST:
        return False
    same = float((codes[left[both]] == codes[right[both]]).mean())
    shares = np.bincount(codes[codes >= 0]) / max(int((codes >= 0).sum()), 1)
    return same >= _FOLLOWS and float((shares**2).sum()) <= _BY_CHANCE * same
