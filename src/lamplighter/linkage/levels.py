"""The one table of comparison levels, read from ``levels.toml``.

Splink trains on it, the scorer of the batch and of the form weighs with it, and
the explanations take their words from it. See the table for what a level is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

NULL_LEVEL = -1
SAME_NOMINAL = "same_nominal"


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
    fixed: bool
    posterior: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One kind of evidence. ``stable`` evidence is about what a person keeps: it is averaged over
    the records of a cluster; the rest (a telephone, an address) is taken at its best."""

    name: str
    title: str
    stable: bool
    null_sql: str
    levels: tuple[Level, ...]

    def level(self, value: int) -> Level:
        """The level with this value. Raises ``KeyError`` for a value that is not one."""
        for level in self.levels:
            if level.value == value:
                return level
        raise KeyError(f"{self.name} has no level {value}")

    def case_sql(self) -> str:
        """The CASE ladder of this comparison over columns ``x_l`` and ``x_r``."""
        arms = [f"when {level.sql} then {level.value}" for level in self.levels if level.sql]
        return f"case when {self.null_sql} then {NULL_LEVEL} {' '.join(arms)} else 0 end"


@cache
def comparisons() -> tuple[Comparison, ...]:
    """Every comparison of the table, in its order."""
    return read(tomllib.loads(_text()))


@cache
def table_version() -> str:
    """The date of the table."""
    return str(tomllib.loads(_text())["version"])


def by_name() -> Mapping[str, Comparison]:
    """The comparisons by name."""
    return {c.name: c for c in comparisons()}


def read(document: Mapping[str, Any]) -> tuple[Comparison, ...]:
    """Comparisons from a parsed table. Raises ``ValueError`` when a level cannot be used."""
    macros = _expanded(document.get("macros", {}))
    return tuple(_comparison(row, macros) for row in document["comparison"])


def columns_used() -> tuple[str, ...]:
    """The feature columns that any level looks at, without ``_l`` and ``_r``."""
    found: set[str] = set()
    for comparison in comparisons():
        for sql in (comparison.null_sql, *(level.sql or "" for level in comparison.levels)):
            found.update(re.findall(r"\b([a-z_]+?)_[lr]\b", sql))
        found.update(level.tf for level in comparison.levels if level.tf)
    return tuple(sorted(found))


def tf_columns() -> tuple[str, ...]:
    """The columns whose value frequencies are used."""
    return tuple(sorted({v.tf for c in comparisons() for v in c.levels if v.tf}))


def _text() -> str:
    return (files("lamplighter.linkage") / "levels.toml").read_text("utf-8")


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
    return Comparison(row["name"], row["title"], bool(row.get("stable", False)), null_sql, levels)


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
        fixed=bool(row.get("fixed", False)),
        posterior=row.get("posterior"),
    )
