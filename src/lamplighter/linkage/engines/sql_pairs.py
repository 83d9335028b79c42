"""Write blocking rules as SQL: keys to pairs.

A key is 64 bits of the texts of its parts, made by the engine that holds the profiles; who shares one, and
how many do, does not depend on which bits these are. Tables: ``people``
(:func:`sql_tables.features_frame` with ``source_number``), ``keys`` (kind, profile, source_number, key),
``finer`` as ``keys``, of keys that are narrowed, and ``keys_sizes``, ``finer_sizes`` (kind, key, many).
"""

from __future__ import annotations

from collections.abc import Sequence

from lamplighter.linkage.blocking.blocking_rules import Key, Part
from lamplighter.linkage.comparisons.comparison_vectors import LIST_FEATURES
from lamplighter.linkage.engines.protocol import Rules
from lamplighter.linkage.engines.sql_dialects import Dialect
from lamplighter.linkage.engines.sql_tables import PROFILE, SOURCE


def columns(rules: Rules) -> set[str]:
    """Return the feature columns that keys are made of."""
    return {part.column for key in rules.keys for part in (*key.parts, *key.narrow)}


def keys(rules: Rules, dialect: Dialect) -> str:
    """Return what gives ``keys``: every key of every profile, once."""
    return " union all ".join(_of_kind(k, key, dialect) for k, key in enumerate(rules.keys))


def _of_kind(kind: int, key: Key, dialect: Dialect) -> str:
    made = "people"
    names = [f"part{i}" for i in range(len(key.parts))]
    for name, part in zip(names, key.parts, strict=True):
        made = f"(select *, {_texts(part, dialect)} as {name} from {made} where {part.column} is not null)"
    if key.unordered:
        both = ", ".join(names)
        names = [f"least({both})", f"greatest({both})"]
    hashed = f"{dialect.hashed}({', '.join(names)})"
    once = "distinct " if any(p.column in LIST_FEATURES for p in key.parts) else ""
    return f"select {once}{kind} as kind, {_whose()}, {hashed} as key from {made} as own"


def _texts(part: Part, dialect: Dialect) -> str:
    """Return a part of a profile as a text, or as a row for each of its texts."""
    text = f"{dialect.each}({part.column})" if part.column in LIST_FEATURES else part.column
    if part.begin is None or part.end is None:
        return text
    return f"substring({text}, {part.begin + 1}, {part.end - part.begin})"


def sizes(table: str, within: str) -> str:
    """Return what gives the keys of a table that several profiles share, and how many do: ``many``."""
    return (
        f"select kind, key, count(*) as many from {table} where {within}"
        " group by kind, key having count(*) > 1"
    )


def counts(table: str, most: int) -> str:
    """Return what gives how many keys of a table of sizes so many profiles share, up to ``most`` and more."""
    size = f"least(many, {most + 1})"
    return f"select {size} as size, count(*) as groups from {table} group by {size} order by 1"


def finer(rules: Rules, largest: int, dialect: Dialect, within: str) -> str:
    """Return what gives ``finer``: keys that more than ``largest`` share, as each part narrows them. Some key
    has such a part. ``within``: a condition on ``keys``."""
    crowd = (
        f"select k.kind, k.{PROFILE}, k.{SOURCE}, k.key from (select * from keys where {within}) as k"
        f" join keys_sizes s on s.kind = k.kind and s.key = k.key where s.many > {largest}"
    )
    hashed = []
    for place in range(max(len(key.narrow) for key in rules.keys)):
        texts = _narrowing(rules, place, dialect)
        hashed.append(f"case when {texts} is not null then {dialect.hashed}({place}, c.key, {texts}) end")
    every = dialect.listed.format(", ".join(hashed))
    each = f"select c.kind, {_whose('c')}, {dialect.each}({every}) as key from ({crowd}) as c"
    return (
        f"select kind, {_whose()}, key from ({each} join people p on p.{PROFILE} = c.{PROFILE}) as each_part"
        " where key is not null"
    )


def _narrowing(rules: Rules, place: int, dialect: Dialect) -> str:
    """Return the part at a place by which the key of a row is narrowed, null where there is none."""
    arms = [
        f" when {kind} then {_texts(key.narrow[place], dialect)}"
        for kind, key in enumerate(rules.keys)
        if place < len(key.narrow)
    ]
    return f"(case c.kind{''.join(arms)} end)"


def _whose(table: str = "") -> str:
    dot = "." if table else ""
    return f"{table}{dot}{PROFILE}, {table}{dot}{SOURCE}"


def pairs(tables: Sequence[tuple[str, str, int]], within: str) -> str:
    """Return what gives the pairs of two sources, ``l`` < ``r``, that share a key with few enough: of each
    table of keys, that of their sizes, and how many may share one."""
    few = " union all ".join(
        f"select k.* from (select * from {table} where {within}) as k join {sized} s"
        f" on s.kind = k.kind and s.key = k.key where s.many <= {most}"
        for table, sized, most in tables
    )
    return (
        f"with few as ({few}) select distinct a.{PROFILE} as l, b.{PROFILE} as r from few a join few b"
        f" on a.kind = b.kind and a.key = b.key and a.{PROFILE} < b.{PROFILE} and a.{SOURCE} <> b.{SOURCE}"
    )


def once(within: str) -> str:
    """Return what gives some of the pairs that were made, none twice."""
    return f"select distinct l, r from pairs where {within}"
