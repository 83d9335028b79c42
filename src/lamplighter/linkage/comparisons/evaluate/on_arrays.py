"""Evaluate the conditions of the comparison levels on arrays of pairs.

The table is written in SQL, which Splink runs on DuckDB and on Spark. Here the same conditions are read
once into functions of coded columns: equality compares integers, a string distance is worked out once for
each distinct pair of values, and the right side of an ``and`` or ``or`` is looked at only for the pairs
that its left side leaves open. Unknown is a value of its own, as in SQL: 0 false, 1 unknown, 2 true, so
that ``and`` is the smaller, ``or`` the greater, and ``not`` the distance from 2.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlglot
from sqlglot import exp

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.comparisons.evaluate.logic import (
    COMPARE,
    Always,
    and_,
    binary,
    constant,
    not_,
    number_column,
    or_,
    or_else,
    unary,
)
from lamplighter.linkage.comparisons.evaluate.on_texts import (
    arguments,
    distance,
    distance_of,
    is_letter_by_letter,
    length,
    list_holds,
    lists_meet,
    near_enough,
    same_text,
    text_test,
)
from lamplighter.linkage.features.row_pairs import (
    FALSE,
    TRUE,
    UNKNOWN,
    Boolean,
    ListOf,
    NotUnderstood,
    Number,
    Scene,
    Text,
    Truth,
    truth,
)


@cache
def condition(
    sql: str, lists: frozenset[str], empty: frozenset[str] = frozenset(), full: frozenset[str] = frozenset()
) -> Boolean:
    """Return a condition over columns ``x_l`` and ``x_r``; ``lists`` are the names of the columns of lists.
    Where columns are known to hold nothing (``empty``), or something in every record (``full``), what
    follows from that is not looked at again for every pair.

    Raises:
        NotUnderstood: it uses something that is not evaluated on arrays.
    """
    return _Reader(lists, empty, full).boolean(_parsed(sql))


@cache
def _parsed(sql: str) -> exp.Expr:
    return sqlglot.parse_one(sql, dialect="duckdb")


def holds(found: Truth) -> npt.NDArray[np.bool_]:
    """Tell where a condition is true; unknown is not."""
    return np.asarray(found == TRUE)


class _Reader:
    """Reads an expression of sqlglot into functions."""

    def __init__(self, lists: frozenset[str], empty: frozenset[str], full: frozenset[str]) -> None:
        self.lists, self.empty, self.full = lists, empty, full

    # Conditions

    def boolean(self, node: exp.Expr) -> Boolean:
        if isinstance(node, exp.Paren):
            return self.boolean(node.this)
        if isinstance(node, exp.And):
            return and_(self.boolean(node.left), self.boolean(node.right))
        if isinstance(node, exp.Or):
            return or_(
                self.boolean(node.left), self.boolean(node.right), cheap=isinstance(node.right, exp.Is)
            )
        if isinstance(node, exp.Not):
            return not_(self.boolean(node.this))
        if isinstance(node, exp.Boolean):
            return Always(TRUE if node.this else FALSE)
        if isinstance(node, exp.Coalesce):
            return or_else(self.boolean(node.this), [self.boolean(e) for e in node.expressions])
        if isinstance(node, exp.Is):
            return self._is_null(node)
        if self.empty & {_plain(c.name) for c in node.find_all(exp.Column)}:
            return Always(UNKNOWN)
        if isinstance(node, (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)):
            return self._comparison(node)
        return self._function(node)

    def _is_null(self, node: exp.Is) -> Boolean:
        if not isinstance(node.expression, exp.Null):
            raise NotUnderstood(f"Only 'is null' is understood, not: {node.sql()}")
        if isinstance(node.this, exp.Column):
            if _plain(node.this.name) in self.empty:
                return Always(TRUE)
            if _plain(node.this.name) in self.full:
                return Always(FALSE)
        known = self.known(node.this)
        return lambda scene, at: np.multiply(~known(scene, at), np.uint8(TRUE), dtype=np.uint8)

    def known(self, node: exp.Expr) -> Callable[[Scene, Rows], npt.NDArray[np.bool_]]:
        """Tell whether a column has a value."""
        value = self.value(node)
        if isinstance(value, (Text, ListOf)):
            return lambda scene, at: np.asarray(value.codes(scene, at) >= 0)
        if isinstance(node, exp.Column):
            name, _, side = node.name.rpartition("_")
            return lambda scene, at: scene.columns.number(name).known.take(scene.rows(side, at))
        number: Number = value
        return lambda scene, at: number(scene, at)[1]

    def _comparison(self, node: exp.Binary) -> Boolean:
        near = self._near_enough(node)
        if near is not None:
            return near
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(left, Text) and isinstance(right, (Text, str)):
            if not isinstance(node, (exp.EQ, exp.NEQ)):
                raise NotUnderstood(f"Texts are the same or not: {node.sql()}")
            same = same_text(left, right)
            if isinstance(node, exp.EQ):
                return same
            return lambda scene, at: (TRUE - same(scene, at)).astype(np.uint8)
        if isinstance(left, (Text, ListOf, str)) or isinstance(right, (Text, ListOf, str)):
            raise NotUnderstood(f"These two cannot be compared: {node.sql()}")
        compare = COMPARE[type(node)]
        a: Number = left
        b: Number = right

        def compared(scene: Scene, at: Rows) -> Truth:
            x, x_known = a(scene, at)
            y, y_known = b(scene, at)
            return truth(compare(x, y), x_known & y_known)

        return compared

    def _near_enough(self, node: exp.Binary) -> Boolean | None:
        """Return a measure of two texts against a bound, where most pairs can be ruled out."""
        measure, bound = distance_of(node.left), node.right
        wanted = exp.GTE if isinstance(node.left, exp.JarowinklerSimilarity) else exp.LTE
        if measure is None or not isinstance(node, wanted) or not isinstance(bound, exp.Literal):
            return None
        first, second = arguments(node.left)
        return near_enough(self._text(first), self._text(second), measure, float(bound.this))

    def _function(self, node: exp.Expr) -> Boolean:
        if isinstance(node, exp.ArrayOverlaps):
            return lists_meet(self._list(node.this), self._list(node.expression))
        if isinstance(node, exp.ArrayContains):
            text = self.value(node.expression)
            if not isinstance(text, str):
                raise NotUnderstood(f"A list is asked for a literal text only: {node.sql()}")
            return list_holds(self._list(node.this), text)
        if isinstance(node, (exp.StartsWith, exp.EndsWith, exp.Contains)):
            test = text_test(self._text(node.this), self._text(node.expression), node)
            if test is not None:
                return test
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
        """Return a :class:`Text`, a :class:`ListOf`, a literal text, or a :data:`Number`."""
        if isinstance(node, exp.Paren):
            return self.value(node.this)
        if isinstance(node, exp.Column):
            return self._column(node.name)
        if isinstance(node, exp.Literal):
            return str(node.this) if node.is_string else constant(float(node.this))
        if isinstance(node, exp.Neg):
            return unary(self.value(node.this), np.negative)
        if isinstance(node, exp.Abs):
            return unary(self.value(node.this), np.abs)
        if isinstance(node, (exp.Add, exp.Sub)):
            operation = np.add if isinstance(node, exp.Add) else np.subtract
            return binary(self.value(node.left), self.value(node.right), operation)
        if isinstance(node, (exp.Least, exp.Greatest)):
            smallest = np.minimum if isinstance(node, exp.Least) else np.maximum
            return binary(self.value(node.this), self.value(node.expressions[0]), smallest)
        if isinstance(node, exp.Length):
            return length(self._text(node.this))
        if isinstance(node, exp.Substring):
            inner, start = self._text(node.this), int(node.args["start"].this)
            said = node.args.get("length")
            many = int(said.this) if said is not None else 1_000
            return Text(inner.side, ("part", inner.key, start - 1, many))
        if isinstance(node, exp.Bracket):
            inner_list = self._list(node.this)
            return Text(inner_list.side, ("first", inner_list.name))
        measure = distance_of(node)
        if measure is not None:
            first, second = arguments(node)
            return distance(self._text(first), self._text(second), measure)
        raise NotUnderstood(f"This is not evaluated on arrays: {node.sql()}")

    def _column(self, name: str) -> Any:
        plain, _, side = name.rpartition("_")
        if side not in ("l", "r"):
            raise NotUnderstood(f"A column ends in _l or _r: {name}")
        if plain in self.lists:
            return ListOf(side, plain)
        if plain in NUMBER_COLUMNS or plain.startswith(NUMBER_PREFIX):
            return number_column(side, plain)
        return Text(side, plain)


NUMBER_COLUMNS = frozenset({"born_from", "born_to"})
NUMBER_PREFIX = "n_"
"""Feature columns that hold whole numbers, and how further ones begin; every other is a text or a list."""


def _plain(name: str) -> str:
    """Return a column without its side."""
    return name.rpartition("_")[0]


def is_dear(sql: str) -> bool:
    """Tell whether a condition compares texts letter by letter."""
    return any(is_letter_by_letter(n) for n in _parsed(sql).walk())
