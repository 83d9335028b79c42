"""Tell the sources of the records of a table apart: each two of them have prior odds of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.features.record_features import Features

Bits = npt.NDArray[np.float64]
MOST_SOURCES = 8


@dataclass(frozen=True, slots=True)
class Sources:
    """Hold which source each record is of: ``codes`` (n,), and the sources' ``names``."""

    codes: npt.NDArray[np.int64]
    names: tuple[str, ...]

    def groups(self, left: Rows, right: Rows) -> npt.NDArray[np.int64]:
        """Return a number for the pair of sources of each pair of rows."""
        if len(self.names) == 1:
            return np.zeros(len(left), dtype=np.int64)
        a, b = self.codes[left], self.codes[right]
        return np.asarray(np.minimum(a, b) * len(self.names) + np.maximum(a, b))

    def pairs(self) -> Bits:
        """Tell how many pairs of records each pair of sources has: by the number of the pair."""
        counts = np.bincount(self.codes, minlength=len(self.names)).astype(np.float64)
        every = np.triu(np.outer(counts, counts))
        every[np.diag_indices(len(counts))] = counts * (counts - 1) / 2
        return np.maximum(every.ravel(), 0.0)

    def name(self, group: int) -> str:
        """Return the two sources of a group."""
        a, b = divmod(group, len(self.names))
        return "|".join(sorted((self.names[a], self.names[b])))


def sources_of(features: Features) -> Sources:
    """Return the sources of some records; one for all where none is said, or too many are."""
    named = features.facts["source"]
    if named.null_count() == len(named):
        return Sources(np.zeros(len(features), dtype=np.int64), ("",))
    named = named.fill_null("")
    names = named.unique().sort().to_list()
    if len(names) > MOST_SOURCES:
        return Sources(np.zeros(len(features), dtype=np.int64), ("",))
    codes = named.replace_strict({v: i for i, v in enumerate(names)}, return_dtype=pl.Int64()).to_numpy()
    return Sources(codes.astype(np.int64), tuple(names))
