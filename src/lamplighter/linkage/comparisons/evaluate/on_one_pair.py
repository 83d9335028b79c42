"""Compile the conditions of the comparison levels to plain Python, for one pair of records.

A report that has just been saved is compared with a few hundred records, and then arrays cost more to set
up than the comparing itself. The same conditions are therefore also written out as one Python function,
which takes two compact records (:mod:`features.compact_records`) and gives the level of every comparison
and the bits of what the two have in common. Only the table's own conditions are ever written out, never
anything that was received.

Unknown is not true, as in SQL: each condition becomes the Python for "it is true" and, under a ``not``,
the Python for "it is false"; where something is unknown both are false.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlglot
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler, Levenshtein
from sqlglot import exp

from lamplighter.linkage.comparisons.comparison_levels import NULL_LEVEL, Comparison
from lamplighter.linkage.features.row_pairs import NotUnderstood

Values = Sequence[Any]
"""A compact record's feature columns, in a fixed order."""
Compared = Callable[[Values, Values], tuple[tuple[int, ...], tuple[float, ...]]]
Bits = Callable[[str], float]
_NAME = re.compile(r"^[a-z_][a-z_0-9]*$")
_COMPARE: Mapping[type, str] = {
    exp.EQ: "==",
    exp.NEQ: "!=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def compiled(
    table: Sequence[Comparison], columns: Sequence[str], lists: frozenset[str], bits: Mapping[str, Bits]
) -> Compared:
    """One function of two compact records: levels of every comparison, and bits of value frequencies.

    ``columns`` is the order of the values in a record, ``lists`` the columns that hold lists, ``bits`` for
    every column that a level takes its frequency from how rare a value of it is.

    Raises:
        NotUnderstood: a condition uses something that is not evaluated for pairs.
    """
    source = _source(tuple(table), tuple(columns), lists)
    names: dict[str, Any] = {
        "meet": _meet,
        "rarest": _rarest,
        "commoner": _commoner,
        "jaro_winkler": JaroWinkler.normalized_similarity,
        "levenshtein": Levenshtein.distance,
        "damerau": DamerauLevenshtein.distance,
        **{f"bits_{name}": function for name, function in bits.items()},
    }
    exec(compile(source, "<table of levels>", "exec"), names)  # noqa: S102  the table is part of this package
    return names["compared"]  # type: ignore[no-any-return]  # made by exec, above


def _meet(a: Sequence[str], b: Sequence[str]) -> bool:
    """Tell whether two lists have a text in common."""
    return not set(a).isdisjoint(b)


def _commoner(a: str, b: str, bits: Bits) -> float:
    """Return the bits of the commoner of two texts, which are the same as a rule."""
    return bits(a) if a == b else max(bits(a), bits(b))


def _rarest(a: Sequence[str], b: Sequence[str], bits: Bits) -> float:
    """Return the bits of the rarest text in both."""
    return min([bits(x) for x in a if x in b], default=0.0)


@cache
def _source(table: tuple[Comparison, ...], columns: tuple[str, ...], lists: frozenset[str]) -> str:
    """Return the function as Python. Another model of the same table has the same one."""
    for name in columns:
        if not _NAME.match(name):
            raise NotUnderstood(f"Not the name of a column: {name!r}")
    first = _Writer(lists)
    _levels_of(table, first)
    # What is asked more than once of a pair is worked out once.
    write = _Writer(lists, {call: f"m{i}" for i, (call, n) in enumerate(first.asked.items()) if n > 1})
    body = _levels_of(table, write)
    lines = [
        "def compared(left, right):",
        f"    ({', '.join(f'{c}_l' for c in columns)},) = left",
        f"    ({', '.join(f'{c}_r' for c in columns)},) = right",
        f"    {' = '.join(f'f{i}' for i in range(len(table)))} = 0.0",
    ]
    lines += [f"    {' = '.join(write.kept.values())} = None"] if write.kept else []
    every = range(len(table))
    told = f"    return ({', '.join(f'c{i}' for i in every)},), ({', '.join(f'f{i}' for i in every)},)"
    return "\n".join([*lines, *body, told])


def _levels_of(table: Sequence[Comparison], write: _Writer) -> list[str]:
    lines = []
    for i, comparison in enumerate(table):
        write.known = set()
        nothing = sqlglot.parse_one(comparison.null_sql, dialect="duckdb")
        lines += [f"    if {write.true(nothing)}:", f"        c{i} = {NULL_LEVEL}"]
        write.known = _columns_known(nothing)
        for level in comparison.levels:
            if level.sql:
                condition = write.true(sqlglot.parse_one(level.sql, dialect="duckdb"))
                lines += [f"    elif {condition}:", f"        c{i} = {level.value}"]
            else:
                lines += ["    else:", f"        c{i} = {level.value}"]
            if level.tf:
                how = "rarest" if level.tf in write.lists else "commoner"
                lines.append(f"        f{i} = {how}({level.tf}_l, {level.tf}_r, bits_{level.tf})")
    return lines


def _columns_known(nothing: exp.Expr) -> set[str]:
    """Return the columns of which it is enough that one is unknown for ``nothing`` to be true: where it is
    not, they are known.
    """
    if isinstance(nothing, exp.Paren):
        return _columns_known(nothing.this)
    if isinstance(nothing, exp.Or):
        return _columns_known(nothing.left) | _columns_known(nothing.right)
    if isinstance(nothing, exp.Is) and isinstance(nothing.this, exp.Column):
        return {nothing.this.name} if isinstance(nothing.expression, exp.Null) else set()
    return set()


class _Writer:
    """Writes expressions of sqlglot as Python. ``known``: columns that need not be asked whether they are
    known; ``asked``: how often each comparison of two columns is; ``kept``: what its answer is kept as."""

    def __init__(self, lists: frozenset[str], kept: Mapping[str, str] | None = None) -> None:
        self.lists = lists
        self.kept = kept or {}
        self.known: set[str] = set()
        self.asked: dict[str, int] = {}

    def true(self, node: exp.Expr) -> str:
        """Python that says whether a condition is true (not false, and not unknown)."""
        return self._condition(node, True)

    def _condition(self, node: exp.Expr, wanted: bool) -> str:
        if isinstance(node, exp.Paren):
            return self._condition(node.this, wanted)
        if isinstance(node, exp.Not):
            return self._condition(node.this, not wanted)
        if isinstance(node, (exp.And, exp.Or)):
            word = "and" if isinstance(node, exp.And) == wanted else "or"
            return f"({self._condition(node.left, wanted)} {word} {self._condition(node.right, wanted)})"
        if isinstance(node, exp.Boolean):
            return str(bool(node.this) == wanted)
        if isinstance(node, exp.Coalesce):
            return self._known_or_false(node, wanted)
        if isinstance(node, exp.Is):
            if not isinstance(node.expression, exp.Null):
                raise NotUnderstood(f"Only 'is null' is understood, not: {node.sql()}")
            name = self._column(node.this)
            return str(not wanted) if name in self.known else f"{name} is {'' if wanted else 'not '}None"
        if isinstance(node, (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)):
            return self._comparison(node, wanted)
        needed: dict[str, None] = {}
        test = self._function(node, needed)
        return f"({self._all_known(needed)}{'' if wanted else 'not '}{test})"

    def _known_or_false(self, node: exp.Coalesce, wanted: bool) -> str:
        (otherwise,) = node.expressions
        if not isinstance(otherwise, exp.Boolean) or otherwise.this:
            raise NotUnderstood(f"Only 'or else false' is understood, not: {node.sql()}")
        told = self._condition(node.this, True)
        return told if wanted else f"(not {told})"

    def _comparison(self, node: exp.Binary, wanted: bool) -> str:
        sign = _COMPARE[type(node)] if wanted else _OPPOSITE[_COMPARE[type(node)]]
        needed: dict[str, None] = {}
        left, right = self._value(node.left, needed), self._value(node.right, needed)
        if sign == "==" and isinstance(node.left, exp.Column) and isinstance(node.right, exp.Column):
            return f"({left} == {right}{'' if left in self.known else f' and {left} is not None'})"
        return f"({self._all_known(needed)}{left} {sign} {right})"

    def _all_known(self, needed: Mapping[str, None]) -> str:
        return "".join(f"{name} is not None and " for name in needed if name not in self.known)

    def _function(self, node: exp.Expr, needed: dict[str, None]) -> str:
        if isinstance(node, exp.ArrayOverlaps):
            a, b = self._list(node.this, needed), self._list(node.expression, needed)
            return f"meet({a}, {b})"
        if isinstance(node, exp.ArrayContains):
            a = self._list(node.this, needed)
            return f"({self._value(node.expression, needed)} in {a})"
        if isinstance(node, (exp.StartsWith, exp.EndsWith)):
            method = "startswith" if isinstance(node, exp.StartsWith) else "endswith"
            a, b = self._value(node.this, needed), self._value(node.expression, needed)
            return f"{a}.{method}({b})"
        if isinstance(node, exp.Contains):
            a, b = self._value(node.this, needed), self._value(node.expression, needed)
            return f"({b} in {a})"
        raise NotUnderstood(f"This is not evaluated for pairs: {node.sql()}")

    def _list(self, node: exp.Expr, needed: dict[str, None]) -> str:
        name = self._column(node)
        if name[:-2] not in self.lists:
            raise NotUnderstood(f"A column of lists was expected: {node.sql()}")
        needed[name] = None
        return name

    def _value(self, node: exp.Expr, needed: dict[str, None]) -> str:
        """Python for a value; the columns that must be known for it are added to ``needed``."""
        if isinstance(node, exp.Paren):
            return self._value(node.this, needed)
        if isinstance(node, exp.Column):
            name = self._column(node)
            needed[name] = None
            return name
        if isinstance(node, exp.Literal):
            return repr(str(node.this)) if node.is_string else str(node.this)
        if isinstance(node, exp.Neg):
            return f"(-{self._value(node.this, needed)})"
        if isinstance(node, (exp.Add, exp.Sub)):
            sign = "+" if isinstance(node, exp.Add) else "-"
            return f"({self._value(node.left, needed)} {sign} {self._value(node.right, needed)})"
        if isinstance(node, exp.Substring):
            start = int(node.args["start"].this) - 1
            length = node.args.get("length")
            end = "" if length is None else str(start + int(length.this))
            return f"{self._value(node.this, needed)}[{start}:{end}]"
        if isinstance(node, exp.Bracket):
            return f"{self._list(node.this, needed)}[0]"
        called = self._called(node)
        if called is None:
            raise NotUnderstood(f"This is not evaluated for pairs: {node.sql()}")
        name, arguments = called
        call = f"{name}({', '.join(self._value(a, needed) for a in arguments)})"
        if len(arguments) < 2 or not all(isinstance(a, exp.Column) for a in arguments):
            return call
        self.asked[call] = self.asked.get(call, 0) + 1
        kept = self.kept.get(call)
        return f"({kept} if {kept} is not None else ({kept} := {call}))" if kept else call

    @staticmethod
    def _called(node: exp.Expr) -> tuple[str, list[exp.Expr]] | None:
        if isinstance(node, exp.Abs):
            return "abs", [node.this]
        if isinstance(node, exp.Length):
            return "len", [node.this]
        if isinstance(node, (exp.Least, exp.Greatest)):
            return "min" if isinstance(node, exp.Least) else "max", [node.this, *node.expressions]
        if isinstance(node, exp.JarowinklerSimilarity):
            return "jaro_winkler", [node.this, node.expression]
        if isinstance(node, exp.Levenshtein):
            return "levenshtein", [node.this, node.expression]
        if isinstance(node, exp.Anonymous) and node.name.lower() == "damerau_levenshtein":
            return "damerau", list(node.expressions)
        return None

    def _column(self, node: exp.Expr) -> str:
        name = node.name
        if not isinstance(node, exp.Column) or not _NAME.match(name) or name[-2:] not in ("_l", "_r"):
            raise NotUnderstood(f"A column ends in _l or _r: {node.sql()}")
        return name
