"""Read the one table of comparisons and their levels from ``levels.toml``.

The scorer of the batch and of the form weighs with it, Splink and Spark run it, and the explanations take
their words from it. See the table for what a level, a template and a kind of pair are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lamplighter.rule_files.reading import packaged as packaged_toml

NULL_LEVEL = -1
NOMINAL, SAME_NOMINAL = "nominal", "same_nominal"
_COLUMN = re.compile(r"\b([a-z_][a-z_0-9]*?)_[lr]\b")


@cache
def columns_in(sql: str) -> frozenset[str]:
    """Return the feature columns that a condition looks at, without ``_l`` and ``_r``."""
    return frozenset(_COLUMN.findall(sql))


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of one comparison; ``value`` counts down to 0, the level tried last."""

    name: str
    title: str
    value: int
    sql: str | None
    m: float
    u: float
    tf: str | None
    near: bool
    fixed: bool
    posterior: float | None
    cheap: bool
    at_most: float = 1.0

    def columns(self) -> frozenset[str]:
        """Return the feature columns that the condition looks at, without ``_l`` and ``_r``."""
        return columns_in(self.sql or "")

    def possible(self, has: Callable[[str], bool]) -> bool:
        """Tell whether records with these columns can be at this level."""
        if self.tf is not None:
            return has(self.tf)
        return self.sql is None or any(has(c) for c in self.columns())


CODES = frozenset({"category", "date"})
"""Kinds of further columns that are of one value or of another, and hold nothing to be read."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One kind of evidence. ``stable``: about what a person keeps. ``kind`` is the template it was made
    from, if any; ``told``: although it was, what it holds is known. ``beside``: columns that its conditions
    look at although it is not about them. ``cheap``: texts are hardly ever compared to know whether there is
    anything to compare."""

    name: str
    title: str
    null_sql: str
    levels: tuple[Level, ...]
    stable: bool = False
    kind: str | None = None
    told: bool = False
    beside: frozenset[str] = frozenset()
    cheap: bool = False

    @property
    def unknown(self) -> bool:
        """Tell whether it is of a further column of which nobody knows what it holds."""
        return self.kind is not None and not self.told

    def level(self, value: int) -> Level:
        """Return the level with this value. Raises ``KeyError`` for a value that is not one."""
        for level in self.levels:
            if level.value == value:
                return level
        raise KeyError(f"{self.name} has no level {value}")

    def columns(self) -> frozenset[str]:
        """Return the feature columns that its conditions look at, without ``_l`` and ``_r``."""
        own = columns_in(self.null_sql)
        return own.union(*(v.columns() for v in self.levels), (v.tf for v in self.levels if v.tf))

    def about(self) -> frozenset[str]:
        """Those of :meth:`columns` that it is about: not whether a record of a person was used again, which
        every comparison asks."""
        return self.columns() - self.beside - ({NOMINAL} if self.name != NOMINAL else set())


@dataclass(frozen=True, slots=True)
class Kind:
    """One way in which two records can be of one person (``same``), or of two people who have
    something to do with each other. ``at_random``: comparisons that are as between any two people;
    ``as_same``: those that are as in two records of one person, and ``as_same_with``: those that are so too
    where any of ``as_same`` was compared; ``starts_at_random``: those that begin as between any two people
    and are learned; ``known``: those whose shares are known, by level. ``share``: how many such pairs there
    are to begin with, for each record; ``share_of_births``: the same where births are recorded, for each
    record that a person has, one with another; ``at_most``: there are never more. ``like``: the kind of one
    person that ``as_same`` speaks of, the first where none is named."""

    name: str
    words: str
    same: bool
    at_random: frozenset[str]
    as_same: frozenset[str]
    starts_at_random: frozenset[str]
    share: float
    known: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    at_most: bool = False
    share_of_births: float = 0.0
    like: str | None = None
    as_same_with: frozenset[str] = frozenset()

    def is_random(self, comparison: Comparison) -> bool:
        """Tell whether ``comparison`` is at random in pairs of this kind."""
        return comparison.name in self.at_random or comparison.kind in self.at_random

    def begins_random(self, comparison: Comparison) -> bool:
        """Tell whether ``comparison`` starts at random."""
        begins = self.starts_at_random
        return self.is_random(comparison) or comparison.name in begins or comparison.kind in begins


@dataclass(frozen=True, slots=True)
class Extra:
    """A further column of a foreign table: its feature column, the template, and its title."""

    column: str
    kind: str
    title: str


def comparisons(extras: tuple[Extra, ...] = ()) -> tuple[Comparison, ...]:
    """Return every comparison of the table, in its order, then one for each of ``extras``."""
    return (*_own(), *(_templated(e) for e in extras))


def supposed(table: Sequence[Comparison]) -> dict[str, float]:
    """Return the columns whose value frequencies count, and with what chance two people are supposed to
    share a value of each.
    """
    return {v.tf: v.u for c in table for v in c.levels if v.tf}


@cache
def _own() -> tuple[Comparison, ...]:
    return read(_document())


@cache
def kinds() -> tuple[Kind, ...]:
    """Return the kinds of pairs, those of one person first."""
    found = [
        Kind(
            row["name"],
            row["words"],
            bool(row["same"]),
            frozenset(row.get("at_random", ())),
            frozenset(row.get("as_same", ())),
            frozenset(row.get("starts_at_random", ())),
            float(row.get("share", 0.0)),
            row.get("known", {}),
            bool(row.get("at_most", False)),
            share_of_births=float(row.get("share_of_births", 0.0)),
            as_same_with=frozenset(row.get("as_same_with", ())),
        )
        for row in _document()["kind"]
    ]
    return tuple(sorted(found, key=lambda k: not k.same))


@cache
def table_version() -> str:
    """Return the date of the table."""
    return str(_document()["version"])


def read(document: Mapping[str, Any]) -> tuple[Comparison, ...]:
    """Comparisons from a parsed table. Raises ``ValueError`` when a level cannot be used."""
    macros = _expanded(document.get("macros", {}))
    return tuple(_comparison(row, macros) for row in document["comparison"])


@cache
def _templated(extra: Extra) -> Comparison:
    """Return a comparison for a further column. Raises ``KeyError`` for a template that is not there."""
    templates = {row["kind"]: row for row in _document()["template"]}
    macros = _expanded(_document().get("macros", {}))
    filled = {"x": extra.column, "title": extra.title}

    def fill(value: Any) -> Any:
        if isinstance(value, str):
            for name, text in filled.items():
                value = value.replace(f"{{{name}}}", text)
            return value
        if isinstance(value, list):
            return [fill(v) for v in value]
        return {k: fill(v) for k, v in value.items()} if isinstance(value, dict) else value

    row = fill(dict(templates[extra.kind]))
    return _comparison({**row, "name": extra.column}, macros)


@cache
def _document() -> Mapping[str, Any]:
    return packaged_toml("lamplighter.linkage.comparisons", "levels.toml")


def _expanded(macros: Mapping[str, str]) -> dict[str, str]:
    done: dict[str, str] = {}
    for name, text in macros.items():
        done[name] = _fill(text, done)
    return done


def _fill(sql: str, macros: Mapping[str, str]) -> str:
    def replace(match: re.Match[str]) -> str:
        if match[1] not in macros:
            raise ValueError(f"There is no macro {match[1]!r} before it is used")
        return f"({macros[match[1]]})"

    return re.sub(r"\{([a-z_]+)\}", replace, sql)


def _comparison(row: Mapping[str, Any], macros: Mapping[str, str]) -> Comparison:
    rows = row["levels"]
    null_sql = _fill(row["null"], macros)
    if not row.get("copies", False):
        # A re-used person record repeats itself: its fields are one observation, not two.
        null_sql = f"({null_sql}) or {macros[SAME_NOMINAL]}"
    levels = tuple(_level(row["name"], r, len(rows) - 1 - i, macros) for i, r in enumerate(rows))
    return Comparison(
        row["name"],
        row["title"],
        null_sql,
        levels,
        bool(row.get("stable", False)),
        row.get("kind"),
        bool(row.get("told", False)),
        frozenset(row.get("beside", ())),
        bool(row.get("cheap", False)),
    )


def _level(comparison: str, row: Mapping[str, Any], value: int, macros: Mapping[str, str]) -> Level:
    sql = row.get("sql")
    if (sql is None) != (value == 0):
        raise ValueError(f"{comparison}: only the last level, {row['name']!r} or another, has no condition")
    if not (0 < row["m"] < 1 and 0 < row["u"] < 1):
        raise ValueError(f"{comparison}, {row['name']}: m and u lie between 0 and 1")
    return Level(
        name=row["name"],
        title=row["title"],
        value=value,
        sql=_fill(sql, macros) if sql else None,
        m=float(row["m"]),
        u=float(row["u"]),
        tf=row.get("tf"),
        near=bool(row.get("near", False)),
        fixed=bool(row.get("fixed", False)),
        posterior=row.get("posterior"),
        cheap=bool(row.get("cheap", False)),
        at_most=float(row.get("at_most", 1.0)),
    )
