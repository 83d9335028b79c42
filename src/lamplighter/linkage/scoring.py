"""The scorer: levels of pairs by one SQL ladder, weights by one table.

The batch and the form use this one function. Only who proposes the pairs differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.levels import NULL_LEVEL, columns_used, comparisons, tf_columns
from lamplighter.linkage.model import Model

Levels = npt.NDArray[np.int8]
Weights = npt.NDArray[np.float64]
PAIRS_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Scored:
    """Pairs (n, 2) of rows, their levels (n, c) and weights in bits (n, c), c comparisons."""

    pairs: npt.NDArray[np.int64]
    levels: Levels
    weights: Weights

    @property
    def evidence(self) -> Weights:
        """Bits of evidence a pair, without any prior: shape (n,)."""
        return np.asarray(self.weights.sum(axis=1))


class Scorer:
    """Holds the features in an in-process DuckDB and scores pairs of their rows."""

    def __init__(self, features: pl.DataFrame, *, threads: int | None = None) -> None:
        self.features = features
        self._connection = duckdb.connect()
        if threads:
            self._connection.execute(f"set threads = {int(threads)}").fetchall()
        used = [c for c in columns_used() if c in features.columns]
        # A new frame: the row number is the key that the pairs speak of.
        self._table = features.select(used).with_row_index("row").to_arrow()
        self._connection.register("source", self._table)
        self._connection.execute("create table n as select * from source").fetchall()
        self._tf: dict[tuple[str, str], Weights] = {}
        self._sql = _ladder_sql(used)

    def levels(self, pairs: npt.NDArray[np.int64]) -> Levels:
        """Levels of ``pairs`` (n, 2): shape (n, c), -1 where there is nothing to compare."""
        done = np.empty((len(pairs), len(comparisons())), dtype=np.int8)
        for start in range(0, len(pairs), PAIRS_AT_ONCE):
            part = pairs[start : start + PAIRS_AT_ONCE]
            frame = pl.DataFrame({"pair": np.arange(len(part)), "l": part[:, 0], "r": part[:, 1]})
            self._connection.register("p", frame.to_arrow())
            found = self._connection.execute(self._sql).fetchnumpy()
            self._connection.unregister("p")
            block = np.column_stack([found[c.name] for c in comparisons()]).astype(np.int8)
            done[start : start + len(part)][found["pair"]] = block
        return done

    def score(self, pairs: npt.NDArray[np.int64], model: Model) -> Scored:
        """Levels and weights of ``pairs`` under ``model``."""
        return self.weigh(pairs, self.levels(pairs), model)

    def weigh(self, pairs: npt.NDArray[np.int64], levels: Levels, model: Model) -> Scored:
        """Weights of pairs whose levels are known."""
        weights = np.zeros(levels.shape)
        for c, comparison in enumerate(comparisons()):
            for level in comparison.levels:
                hit = np.flatnonzero(levels[:, c] == level.value)
                if not len(hit):
                    continue
                if level.tf:
                    share = self._shares(level.tf, model)
                    rarest = np.maximum(share[pairs[hit, 0]], share[pairs[hit, 1]])
                    weights[hit, c] = np.log2(model.m(comparison.name, level.name)) - np.log2(rarest)
                else:
                    weights[hit, c] = model.weight(comparison.name, level.name)
        return Scored(pairs, levels, weights)

    def _shares(self, column: str, model: Model) -> Weights:
        key = (column, model.version)
        if key not in self._tf:
            self._tf[key] = value_shares(self.features[column], model.tf[column], model.tf_unseen[column])
        return self._tf[key]

    def close(self) -> None:
        """Free the database."""
        self._connection.close()


class Pool:
    """Levels of pairs of one set of features, each worked out once: no model changes them."""

    def __init__(self, features: pl.DataFrame) -> None:
        self.features = features
        self.scorer = Scorer(features)
        self._codes = np.empty(0, dtype=np.int64)
        self._levels = np.empty((0, len(comparisons())), dtype=np.int8)

    def levels(self, pairs: npt.NDArray[np.int64]) -> Levels:
        """Levels of ``pairs`` (n, 2), left < right: shape (n, c)."""
        codes = pairs[:, 0] * len(self.features) + pairs[:, 1]
        unseen = np.setdiff1d(codes, self._codes)
        if len(unseen):
            found = self.scorer.levels(np.column_stack(np.divmod(unseen, len(self.features))))
            every = np.concatenate([self._codes, unseen])
            order = np.argsort(every, kind="stable")
            self._codes = every[order]
            self._levels = np.concatenate([self._levels, found])[order]
        return np.asarray(self._levels[np.searchsorted(self._codes, codes)])

    def score(self, pairs: npt.NDArray[np.int64], model: Model) -> Scored:
        """Levels and weights of ``pairs`` under ``model``."""
        return self.scorer.weigh(pairs, self.levels(pairs), model)

    def close(self) -> None:
        """Free the database."""
        self.scorer.close()


def value_shares(values: pl.Series, shares: Mapping[str, float], unseen: float) -> Weights:
    """The share of people who have each value, ``unseen`` for a value that the model never saw."""
    distinct = values.unique().drop_nulls()
    table = pl.DataFrame(
        {"v": distinct, "s": [shares.get(v, unseen) for v in distinct]},
        schema={"v": pl.String(), "s": pl.Float64()},
    )
    joined = values.to_frame("v").join(table, on="v", how="left", maintain_order="left")
    return joined["s"].fill_null(1.0).to_numpy().copy()


def _ladder_sql(used: list[str]) -> str:
    left = ", ".join(f"a.{c} as {c}_l" for c in used)
    right = ", ".join(f"b.{c} as {c}_r" for c in used)
    cases = ", ".join(f"{c.case_sql()} as {c.name}" for c in comparisons())
    return (
        f"select pair, {cases} from (select p.pair, {left}, {right} from p"  # noqa: S608 - columns and table are ours
        " join n a on a.row = p.l join n b on b.row = p.r)"
    )


def has_evidence(levels: Levels) -> npt.NDArray[np.bool_]:
    """Whether anything at all could be compared: shape (n,)."""
    return np.asarray((levels != NULL_LEVEL).any(axis=1))


__all__ = ["Scored", "Scorer", "has_evidence", "tf_columns", "value_shares"]
