"""The conditions of the table of levels, evaluated on arrays of pairs.

The table is written in SQL, which Splink runs on DuckDB and on Spark. Here the same conditions are read
once into functions of coded columns: equality compares integers, a string distance is worked out once for
each distinct pair of values, and the right side of an ``and`` or ``or`` is looked at only for the pairs
that its left side leaves open. Unknown is a value of its own, as in SQL: 0 false, 1 unknown, 2 true, so
that ``and`` is the smaller, ``or`` the greater, and ``not`` the distance from 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import sqlglot
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler, Levenshtein
from rapidfuzz.process import cpdist
from sqlglot import exp

from lamplighter.linkage.coded import NOTHING, Codes, Column, Lists, Numbers, Rows, Texts, looked_up, meeting

Truth = npt.NDArray[np.uint8]
FALSE, UNKNOWN, TRUE = 0, 1, 2
_FEW = 20_000
_A_HANDFUL = 500


class NotUnderstood(ValueError):
    """A condition of the table uses something that is not evaluated on arrays; the text names it."""


@dataclass(slots=True)
class Columns:
    """Feature columns by name, with what was derived from them on the way."""

    by_name: Mapping[str, Column]
    _texts: dict[Any, Texts] = field(default_factory=dict, repr=False)
    _translations: dict[Any, Codes] = field(default_factory=dict, repr=False)
    _lengths: dict[Any, npt.NDArray[np.int64]] = field(default_factory=dict, repr=False)

    def text(self, key: Any) -> Texts:
        """The column of texts that ``key`` names: a name, or what is derived from another key."""
        if key not in self._texts:
            self._texts[key] = self._made(key)
        return self._texts[key]

    def _made(self, key: Any) -> Texts:
        if isinstance(key, str):
            column = self.by_name[key]
            if not isinstance(column, Texts):
                raise NotUnderstood(f"'{key}' is not a column of texts.")
            return column
        kind, inner, *rest = key
        if kind == "first":
            return self.list(inner).first()
        begin, length = rest
        return self.text(inner).derived(lambda v: v[begin : begin + length])

    def list(self, name: str) -> Lists:
        """A column of lists."""
        column = self.by_name[name]
        if not isinstance(column, Lists):
            raise NotUnderstood(f"'{name}' is not a column of lists.")
        return column

    def number(self, name: str) -> Numbers:
        """A column of numbers."""
        column = self.by_name[name]
        if not isinstance(column, Numbers):
            raise NotUnderstood(f"'{name}' is not a column of numbers.")
        return column

    def lengths(self, key: Any) -> npt.NDArray[np.int64]:
        """The length of every distinct text of a column."""
        if key not in self._lengths:
            self._lengths[key] = self.text(key).values.str.len_chars().cast(pl.Int64()).to_numpy()
        return self._lengths[key]

    def translation(self, source: Any, target: Any, values: pl.Series, into: pl.Series) -> Codes:
        """For each of ``values`` its place among ``into``, or -2: none of a record's codes."""
        if (source, target) not in self._translations:
            places = pl.DataFrame({"v": into, "at": np.arange(len(into), dtype=np.int32)})
            found = values.to_frame("v").join(places, on="v", how="left", maintain_order="left")["at"]
            self._translations[source, target] = found.fill_null(-2).to_numpy().astype(np.int32)
        return self._translations[source, target]


@dataclass(frozen=True, slots=True)
class Scene:
    """Pairs of records, by their rows: ``left`` and ``right`` (n,)."""

    columns: Columns
    left: Rows
    right: Rows
    _codes: dict[Any, Codes] = field(default_factory=dict, repr=False)

    def rows(self, side: str) -> Rows:
        return self.left if side == "l" else self.right

    def codes(self, side: str, key: Any, column: Texts | Lists, at: Rows) -> Codes:
        """The codes of one side of the pairs ``at``; a column is fetched once for all pairs."""
        whole = self._codes.get((side, key))
        if whole is None:
            whole = self._codes[side, key] = column.codes[self.rows(side)]
        return whole if len(at) == len(whole) else whole[at]


Boolean = Callable[[Scene, Rows], Truth]
Number = Callable[[Scene, Rows], tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]]


@dataclass(frozen=True, slots=True)
class Text:
    """A text of one side: which side, and which column (see :meth:`Columns.text`)."""

    side: str
    key: Any

    def codes(self, scene: Scene, at: Rows) -> Codes:
        return scene.codes(self.side, self.key, scene.columns.text(self.key), at)


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one side."""

    side: str
    name: str

    def codes(self, scene: Scene, at: Rows) -> Codes:
        return scene.codes(self.side, ("list", self.name), scene.columns.list(self.name), at)


@cache
def condition(sql: str, lists: frozenset[str]) -> Boolean:
    """A condition over columns ``x_l`` and ``x_r``; ``lists`` are the names of the columns of lists.

    Raises:
        NotUnderstood: it uses something that is not evaluated on arrays.
    """
    return _Reader(lists).boolean(sqlglot.parse_one(sql, dialect="duckdb"))


def holds(truth: Truth) -> npt.NDArray[np.bool_]:
    """Where a condition is true; unknown is not."""
    return np.asarray(truth == TRUE)


def _truth(values: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_]) -> Truth:
    made = np.where(values, np.uint8(TRUE), np.uint8(FALSE))
    made[~known] = UNKNOWN
    return made


def distinct_pairs(a: Codes, b: Codes, size: int) -> tuple[Codes, Codes, Rows]:
    """The distinct pairs of two arrays of codes, and for every row which of them it is."""
    key = a.astype(np.int64) * (size + 1) + b
    if len(key) < _FEW:
        found, inverse = np.unique(key, return_inverse=True)
    else:
        order = pl.Series(key).arg_sort().to_numpy()
        ordered = key[order]
        begins = np.empty(len(key), dtype=bool)
        begins[0] = True
        np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
        inverse = np.empty(len(key), dtype=np.int64)
        inverse[order] = np.cumsum(begins) - 1
        found = ordered[begins]
    left, right = np.divmod(found, size + 1)
    return left.astype(np.int32), right.astype(np.int32), inverse


class _Reader:
    """Reads an expression of sqlglot into functions."""

    def __init__(self, lists: frozenset[str]) -> None:
        self.lists = lists

    # Conditions

    def boolean(self, node: exp.Expr) -> Boolean:
        if isinstance(node, exp.Paren):
            return self.boolean(node.this)
        if isinstance(node, exp.And):
            return _and(self.boolean(node.left), self.boolean(node.right))
        if isinstance(node, exp.Or):
            return _or(self.boolean(node.left), self.boolean(node.right))
        if isinstance(node, exp.Not):
            inner = self.boolean(node.this)
            return lambda scene, at: (TRUE - inner(scene, at)).astype(np.uint8)
        if isinstance(node, exp.Boolean):
            value = TRUE if node.this else FALSE
            return lambda scene, at: np.full(len(at), value, dtype=np.uint8)
        if isinstance(node, exp.Coalesce):
            return _or_else(self.boolean(node.this), [self.boolean(e) for e in node.expressions])
        if isinstance(node, exp.Is):
            return self._is_null(node)
        if isinstance(node, (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)):
            return self._comparison(node)
        return self._function(node)

    def _is_null(self, node: exp.Is) -> Boolean:
        if not isinstance(node.expression, exp.Null):
            raise NotUnderstood(f"Only 'is null' is understood, not: {node.sql()}")
        known = self.known(node.this)
        return lambda scene, at: np.where(known(scene, at), np.uint8(FALSE), np.uint8(TRUE))

    def known(self, node: exp.Expr) -> Callable[[Scene, Rows], npt.NDArray[np.bool_]]:
        """Whether a column has a value."""
        value = self.value(node)
        if isinstance(value, (Text, ListOf)):
            return lambda scene, at: np.asarray(value.codes(scene, at) >= 0)
        number: Number = value
        return lambda scene, at: number(scene, at)[1]

    def _comparison(self, node: exp.Binary) -> Boolean:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(left, Text) and isinstance(right, (Text, str)):
            if not isinstance(node, (exp.EQ, exp.NEQ)):
                raise NotUnderstood(f"Texts are the same or not: {node.sql()}")
            same = _same_text(left, right)
            if isinstance(node, exp.EQ):
                return same
            return lambda scene, at: (TRUE - same(scene, at)).astype(np.uint8)
        if isinstance(left, (Text, ListOf, str)) or isinstance(right, (Text, ListOf, str)):
            raise NotUnderstood(f"These two cannot be compared: {node.sql()}")
        compare = _COMPARE[type(node)]
        a: Number = left
        b: Number = right

        def compared(scene: Scene, at: Rows) -> Truth:
            x, x_known = a(scene, at)
            y, y_known = b(scene, at)
            return _truth(compare(x, y), x_known & y_known)

        return compared

    def _function(self, node: exp.Expr) -> Boolean:
        if isinstance(node, exp.ArrayOverlaps):
            return _lists_meet(self._list(node.this), self._list(node.expression))
        if isinstance(node, exp.ArrayContains):
            text = self.value(node.expression)
            if not isinstance(text, str):
                raise NotUnderstood(f"A list is asked for a literal text only: {node.sql()}")
            return _list_holds(self._list(node.this), text)
        two = _TWO_TEXTS.get(type(node))
        if two is not None:
            return _text_test(self._text(node.this), self._text(node.expression), two)
        raise NotUnderstood(f"This is not evaluated on arrays: {node.sql()}")

    def _text(self, node: exp.Expr) -> Text:
        value = self.value(node)
        if not isinstance(value, Text):
            raise NotUnderstood(f"A column of texts was expected: {node.sql()}")
        return value

    def _list(self, node: exp.Expr) -> ListOf:
        value = self.value(node)
        if not isinstance(value, ListOf):
            raise NotUnderstood(f"A column of lists was expected: {node.sql()}")
        return value

    # Values

    def value(self, node: exp.Expr) -> Any:
        """A :class:`Text`, a :class:`ListOf`, a literal text, or a :data:`Number`."""
        if isinstance(node, exp.Paren):
            return self.value(node.this)
        if isinstance(node, exp.Column):
            return self._column(node.name)
        if isinstance(node, exp.Literal):
            return str(node.this) if node.is_string else _constant(float(node.this))
        if isinstance(node, exp.Neg):
            return _unary(self.value(node.this), np.negative)
        if isinstance(node, exp.Abs):
            return _unary(self.value(node.this), np.abs)
        if isinstance(node, (exp.Add, exp.Sub)):
            operation = np.add if isinstance(node, exp.Add) else np.subtract
            return _binary(self.value(node.left), self.value(node.right), operation)
        if isinstance(node, (exp.Least, exp.Greatest)):
            smallest = np.minimum if isinstance(node, exp.Least) else np.maximum
            return _binary(self.value(node.this), self.value(node.expressions[0]), smallest)
        if isinstance(node, exp.Length):
            return _length(self._text(node.this))
        if isinstance(node, exp.Substring):
            inner, start = self._text(node.this), int(node.args["start"].this)
            length = node.args.get("length")
            many = int(length.this) if length is not None else 1_000
            return Text(inner.side, ("part", inner.key, start - 1, many))
        if isinstance(node, exp.Bracket):
            inner_list = self._list(node.this)
            return Text(inner_list.side, ("first", inner_list.name))
        distance = _distance_of(node)
        if distance is not None:
            first, second = _arguments(node)
            return _distance(self._text(first), self._text(second), distance)
        raise NotUnderstood(f"This is not evaluated on arrays: {node.sql()}")

    def _column(self, name: str) -> Any:
        plain, _, side = name.rpartition("_")
        if side not in ("l", "r"):
            raise NotUnderstood(f"A column ends in _l or _r: {name}")
        if plain in self.lists:
            return ListOf(side, plain)
        if plain in NUMBER_COLUMNS or plain.startswith(NUMBER_PREFIX):
            return _number_column(side, plain)
        return Text(side, plain)


NUMBER_COLUMNS = frozenset({"born_from", "born_to"})
NUMBER_PREFIX = "n_"
"""Feature columns that hold whole numbers, and how further ones begin; every other is a text or a list."""


def _and(left: Boolean, right: Boolean) -> Boolean:
    def both(scene: Scene, at: Rows) -> Truth:
        found = left(scene, at)
        open_ = np.flatnonzero(found)
        if len(open_) == len(at):
            return np.minimum(found, right(scene, at))
        if len(open_):
            found[open_] = np.minimum(found[open_], right(scene, at[open_]))
        return found

    return both


def _or(left: Boolean, right: Boolean) -> Boolean:
    def either(scene: Scene, at: Rows) -> Truth:
        found = left(scene, at)
        open_ = np.flatnonzero(found != TRUE)
        if len(open_) == len(at):
            return np.maximum(found, right(scene, at))
        if len(open_):
            found[open_] = np.maximum(found[open_], right(scene, at[open_]))
        return found

    return either


def _or_else(first: Boolean, others: list[Boolean]) -> Boolean:
    def known(scene: Scene, at: Rows) -> Truth:
        found = first(scene, at)
        for other in others:
            open_ = np.flatnonzero(found == UNKNOWN)
            if len(open_):
                found[open_] = other(scene, at[open_])
        return found

    return known


def _same_text(left: Text, right: Text | str) -> Boolean:
    if isinstance(right, str):

        def is_literal(scene: Scene, at: Rows) -> Truth:
            code = scene.columns.text(left.key).values.index_of(right)
            codes = left.codes(scene, at)
            return _truth(codes == (-2 if code is None else code), codes >= 0)

        return is_literal

    def same(scene: Scene, at: Rows) -> Truth:
        a, b = left.codes(scene, at), right.codes(scene, at)
        known = (a >= 0) & (b >= 0)
        if left.key != right.key:
            columns = scene.columns
            values, into = columns.text(left.key).values, columns.text(right.key).values
            a = looked_up(columns.translation(left.key, right.key, values, into), a, NOTHING)
        return _truth(a == b, known)

    return same


def _lists_meet(left: ListOf, right: ListOf) -> Boolean:
    def meet(scene: Scene, at: Rows) -> Truth:
        a, b = left.codes(scene, at), right.codes(scene, at)
        known = (a >= 0) & (b >= 0)
        found = np.zeros(len(at), dtype=bool)
        some = np.flatnonzero(known)
        if len(some):
            first, second, which = distinct_pairs(
                a[some], b[some], len(scene.columns.list(right.name).starts)
            )
            found[some] = _meeting(scene.columns, left.name, right.name, first, second)[which]
        return _truth(found, known)

    return meet


def _meeting(columns: Columns, left: str, right: str, a: Codes, b: Codes) -> npt.NDArray[np.bool_]:
    """Whether distinct lists ``a`` of one column share an element with distinct lists ``b`` of another."""
    one, two = columns.list(left), columns.list(right)
    elements = one.elements
    if left != right:
        table = columns.translation(("list", left), ("list", right), one.values, two.values)
        elements = looked_up(table, elements, NOTHING)
    return meeting(one, a, b, elements, two)


def _list_holds(column: ListOf, text: str) -> Boolean:
    def holds_it(scene: Scene, at: Rows) -> Truth:
        codes = column.codes(scene, at)
        lists = scene.columns.list(column.name)
        found = (
            lists.holding(text)[np.maximum(codes, 0)] if len(lists.starts) > 1 else np.zeros(len(at), bool)
        )
        return _truth(found, codes >= 0)

    return holds_it


def _on_pairs(
    left: Text, right: Text, function: Callable[[list[str], list[str]], npt.NDArray[Any]]
) -> Callable[[Scene, Rows], tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]]:
    """``function`` of the two texts, worked out once for each distinct pair of them."""

    def worked_out(scene: Scene, at: Rows) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        a, b = left.codes(scene, at), right.codes(scene, at)
        known = (a >= 0) & (b >= 0)
        some = np.flatnonzero(known)
        one, two = scene.columns.text(left.key), scene.columns.text(right.key)
        if not len(some):
            return np.zeros(len(at)), known
        first, second, which = distinct_pairs(a[some], b[some], len(two.values))
        made = function(list(one.strings(first)), list(two.strings(second)))
        result = np.zeros(len(at), dtype=made.dtype)
        result[some] = made[which]
        return result, known

    return worked_out


@dataclass(frozen=True, slots=True)
class _TextTest:
    """A test of two texts: of one pair, and of many at once."""

    one: Callable[[str, str], bool]
    many: Callable[[pl.Expr, pl.Expr], pl.Expr]

    def __call__(self, a: list[str], b: list[str]) -> npt.NDArray[np.bool_]:
        if len(a) < _A_HANDFUL:
            return np.fromiter((self.one(x, y) for x, y in zip(a, b, strict=True)), dtype=bool, count=len(a))
        frame = pl.DataFrame({"a": a, "b": b}, schema={"a": pl.String(), "b": pl.String()})
        return frame.select(self.many(pl.col("a"), pl.col("b")))["a"].to_numpy()


def _text_test(left: Text, right: Text, test: _TextTest) -> Boolean:
    both = _on_pairs(left, right, test)

    def told(scene: Scene, at: Rows) -> Truth:
        found, known = both(scene, at)
        return _truth(found.astype(bool), known)

    return told


def _distance(left: Text, right: Text, scorer: Any) -> Number:
    def measured(a: list[str], b: list[str]) -> npt.NDArray[np.float64]:
        workers = -1 if len(a) > _FEW else 1
        found = cpdist(a, b, scorer=scorer, workers=workers, dtype=np.float64)
        return np.asarray(found, dtype=np.float64)

    return _on_pairs(left, right, measured)


def _length(text: Text) -> Number:
    def lengths(scene: Scene, at: Rows) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        codes = text.codes(scene, at)
        table = scene.columns.lengths(text.key)
        if not len(table):
            return np.zeros(len(at)), np.zeros(len(at), dtype=bool)
        return table[np.maximum(codes, 0)].astype(np.float64), codes >= 0

    return lengths


def _number_column(side: str, name: str) -> Number:
    def read(scene: Scene, at: Rows) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        column = scene.columns.number(name)
        rows = scene.rows(side)[at]
        return column.numbers[rows].astype(np.float64), column.known[rows]

    return read


def _constant(value: float) -> Number:
    return lambda scene, at: (np.full(len(at), value), np.ones(len(at), dtype=bool))


def _unary(inner: Number, operation: Callable[[Any], Any]) -> Number:
    def made(scene: Scene, at: Rows) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        x, known = inner(scene, at)
        return operation(x), known

    return made


def _binary(left: Number, right: Number, operation: Callable[[Any, Any], Any]) -> Number:
    def made(scene: Scene, at: Rows) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        x, x_known = left(scene, at)
        y, y_known = right(scene, at)
        return operation(x, y), x_known & y_known

    return made


def _distance_of(node: exp.Expr) -> Any:
    if isinstance(node, exp.JarowinklerSimilarity):
        return JaroWinkler.normalized_similarity
    if isinstance(node, exp.Levenshtein):
        return Levenshtein.distance
    if isinstance(node, exp.Anonymous) and node.name.lower() == "damerau_levenshtein":
        return DamerauLevenshtein.distance
    return None


def _arguments(node: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    if isinstance(node, exp.Anonymous):
        first, second = node.expressions
        return first, second
    return node.this, node.expression


_COMPARE: Mapping[type, Callable[[Any, Any], Any]] = {
    exp.EQ: np.equal,
    exp.NEQ: np.not_equal,
    exp.LT: np.less,
    exp.LTE: np.less_equal,
    exp.GT: np.greater,
    exp.GTE: np.greater_equal,
}
_TWO_TEXTS: Mapping[type, _TextTest] = {
    exp.StartsWith: _TextTest(str.startswith, lambda text, part: text.str.starts_with(part)),
    exp.EndsWith: _TextTest(str.endswith, lambda text, part: text.str.ends_with(part)),
    exp.Contains: _TextTest(
        lambda text, part: part in text, lambda text, part: text.str.contains(part, literal=True)
    ),
}
_DEAR = (exp.JarowinklerSimilarity, exp.Levenshtein, *_TWO_TEXTS)


def is_dear(sql: str) -> bool:
    """Whether a condition compares texts letter by letter."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    return any(isinstance(n, _DEAR) or _distance_of(n) is not None for n in tree.walk())
