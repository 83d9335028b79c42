"""Find pairs, weigh them and tell what hangs together by an engine that runs SQL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Protocol

import numpy as np
import polars as pl

from lamplighter.linkage.arrays.pair_ids import distinct, packed, unpacked
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.comparisons.comparison_levels import NULL_LEVEL
from lamplighter.linkage.engines import sql_components, sql_pairs, sql_weights
from lamplighter.linkage.engines.protocol import Counts, Pairs, Profiles, Rules
from lamplighter.linkage.engines.sql_dialects import Dialect
from lamplighter.linkage.engines.sql_tables import (
    SOURCE,
    features_frame,
    pairs_frame,
    with_frequencies,
)
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.model.agreement_patterns import Weighed
from lamplighter.linkage.model.parameters import Model


class Tables(Protocol):
    """Tables of an engine that runs SQL. ``dialect``: which; ``parts``: in how many parts, by their key,
    keys are looked at; ``pairs_at_once``: how many pairs are weighed by one statement."""

    @property
    def dialect(self) -> Dialect: ...

    @property
    def parts(self) -> int: ...

    @property
    def pairs_at_once(self) -> int: ...

    def hold(self, name: str, frame: pl.DataFrame) -> None:
        """Hand over a table."""

    def make(self, name: str, sql: str) -> None:
        """Make a table, in place of one of that name, and work it out now."""

    def add(self, name: str, sql: str) -> None:
        """Add rows to a table that was made."""

    def read(self, sql: str) -> pl.DataFrame:
        """Return what a statement gives."""


class OnSql(ABC):
    """The three verbs, written once for every engine of this kind."""

    @abstractmethod
    def tables(self, rows: int) -> AbstractContextManager[Tables]:
        """Return room for tables of so many rows, which goes with what is in it."""

    def pairs(self, profiles: Profiles, rules: Rules) -> Pairs:
        """See :class:`protocol.Engine`."""
        if not rules.keys:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        frame = features_frame(profiles.features, sql_pairs.columns(rules))
        with self.tables(len(profiles) * len(rules.keys)) as tables:
            tables.hold("people", frame.with_columns(pl.Series(SOURCE, profiles.sources)))
            _in_parts(tables, "pairs", partial(sql_pairs.pairs, _few_enough(tables, rules)))
            found = pl.concat([tables.read(sql_pairs.once(w)) for w in _withins("l", tables.parts)])
        left, right = (found[side].to_numpy().astype(np.int64) for side in ("l", "r"))
        return unpacked(distinct([packed(left, right, len(profiles))]), len(profiles))

    def weights(self, features: Features, model: Model, left: Rows, right: Rows, least: float) -> Weighed:
        """See :class:`protocol.Engine`."""
        names = sql_weights.compared(features, model)
        frame = with_frequencies(
            features_frame(features, sql_weights.columns(features, model)), features, model
        )
        with self.tables(len(features)) as tables:
            tables.hold("people", frame)
            leveled = sql_weights.levels(features, model, tables.dialect)
            evidence = sql_weights.evidence(features, model, tables.dialect, least)
            parts = []
            for start in range(0, max(len(left), 1), tables.pairs_at_once):
                some = slice(start, start + tables.pairs_at_once)
                tables.hold("pairs", pairs_frame(left[some], right[some]))
                # As a table of its own: each level is asked for by every kind of pair.
                tables.make("leveled", leveled)
                parts.append(tables.read(evidence).with_columns(pl.col("pair") + start))
        found = pl.concat(parts).sort("pair")
        at = found["pair"].to_numpy()
        levels = np.full((len(at), len(model.table)), NULL_LEVEL, dtype=np.int8, order="F")
        for c, comparison in enumerate(model.table):
            if comparison.name in names:
                levels[:, c] = found[comparison.name].to_numpy()
        return Weighed(left[at], right[at], levels, found["evidence"].to_numpy().astype(np.float64))

    def components(self, n: int, left: Rows, right: Rows) -> Rows:
        """See :class:`protocol.Engine`."""
        label = np.arange(n, dtype=np.int64)
        if not len(left):
            return label
        with self.tables(len(left)) as tables:
            tables.hold("edges", pl.DataFrame({"l": left, "r": right}))
            while True:
                tables.make("large", sql_components.large_star("edges"))
                tables.make("edges", sql_components.small_star("large"))
                if not tables.read(sql_components.not_yet_stars("edges")).item():
                    break
            found = tables.read("select l, r from edges")
        label[found["l"].to_numpy()] = found["r"].to_numpy()
        return label


def _few_enough(tables: Tables, rules: Rules) -> list[tuple[str, str, int]]:
    """Make the keys of all profiles and what narrows those that too many share; return the tables of keys,
    with those of their sizes, and how many may share a key."""
    tables.make("keys", sql_pairs.keys(rules, tables.dialect))
    plain = _sizes(tables, "keys", rules.most)
    largest = rules.largest(plain)
    found = [("keys", "keys_sizes", largest)]
    finer = partial(sql_pairs.finer, rules, largest, tables.dialect)
    if any(key.narrow for key in rules.keys):
        _in_parts(tables, "finer", finer)
        narrowed = _sizes(tables, "finer", rules.most)
        found.append(("finer", "finer_sizes", rules.largest_narrowed(plain, narrowed)))
    return found


def _sizes(tables: Tables, name: str, most: int) -> Counts:
    """Make a table of how many profiles share each key; return how many keys so many share."""
    _in_parts(tables, f"{name}_sizes", partial(sql_pairs.sizes, name))
    found = np.zeros(most + 2, dtype=np.int64)
    rows = tables.read(sql_pairs.counts(f"{name}_sizes", most))
    found[rows["size"].to_numpy()] = rows["groups"].to_numpy()
    return found


def _in_parts(tables: Tables, name: str, statement: Callable[[str], str]) -> None:
    """Make a table part by part; ``statement`` is told which keys each part has."""
    for number, within in enumerate(_withins("key", tables.parts)):
        (tables.add if number else tables.make)(name, statement(within))


def _withins(column: str, parts: int) -> list[str]:
    if parts == 1:
        return ["true"]
    return [f"{column} % {parts} = {part}" for part in range(parts)]
