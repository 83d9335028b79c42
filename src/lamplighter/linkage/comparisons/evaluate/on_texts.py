"""Evaluate conditions on two texts or two lists of a pair of records, each once for each distinct pair.

What cannot be met is ruled out first by :mod:`lamplighter.linkage.features.similarity_bounds`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler, Levenshtein
from rapidfuzz.process import cpdist
from sqlglot import exp

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.features import similarity_bounds
from lamplighter.linkage.features.encoded_columns import NOTHING, Codes, Texts, looked_up, meeting
from lamplighter.linkage.features.row_pairs import (
    Boolean,
    Columns,
    ListOf,
    Number,
    Scene,
    Text,
    Truth,
    distinct_pairs,
    truth,
)

_MANY = 20_000
_A_HANDFUL = 500
Possible = Callable[[similarity_bounds.Signs, Codes, similarity_bounds.Signs, Codes], npt.NDArray[np.bool_]]


def same_text(left: Text, right: Text | str) -> Boolean:
    """Tell whether two texts are the same."""
    if isinstance(right, str):

        def is_literal(scene: Scene, at: Rows) -> Truth:
            code = scene.columns.text(left.key).values.index_of(right)
            codes = left.codes(scene, at)
            return truth(codes == (-2 if code is None else code), codes >= 0)

        return is_literal

    if left.key == right.key:
        return lambda scene, at: scene.same(left.key, at)

    def same(scene: Scene, at: Rows) -> Truth:
        a, b = left.codes(scene, at), right.codes(scene, at)
        known = (a >= 0) & (b >= 0)
        columns = scene.columns
        values, into = columns.text(left.key).values, columns.text(right.key).values
        a = looked_up(columns.translation(left.key, right.key, values, into), a, NOTHING)
        return truth(a == b, known)

    return same


def lists_meet(left: ListOf, right: ListOf) -> Boolean:
    """Tell whether two lists have a text in common."""

    def meet(scene: Scene, at: Rows) -> Truth:
        a, b = left.codes(scene, at), right.codes(scene, at)
        known = (a >= 0) & (b >= 0)
        columns = scene.columns
        if left.name == right.name and columns.single(left.name):
            return truth(a == b, known)
        # Where it is one column no list is empty: two that are the same have all in common.
        found = known & (a == b) if left.name == right.name else np.zeros(len(at), dtype=bool)
        some = np.flatnonzero(known & ~found)
        one, two = columns.list_bits(left.name), columns.list_bits(right.name)
        if len(some):
            some = some.take(np.flatnonzero(one.take(a.take(some)) & two.take(b.take(some))))
        if len(some):
            first, second, which = distinct_pairs(a[some], b[some], len(two))
            found[some] = _meeting(columns, left.name, right.name, first, second)[which]
        return truth(found, known)

    return meet


def _meeting(columns: Columns, left: str, right: str, a: Codes, b: Codes) -> npt.NDArray[np.bool_]:
    """Tell whether distinct lists ``a`` of one column share an element with distinct lists ``b`` of
    another."""
    one, two = columns.list(left), columns.list(right)
    elements = one.elements
    if left != right:
        table = columns.translation(("list", left), ("list", right), one.values, two.values)
        elements = looked_up(table, elements, NOTHING)
    return meeting(one, a, b, elements, two)


def list_holds(column: ListOf, text: str) -> Boolean:
    """Tell whether a list holds a text."""

    def holds_it(scene: Scene, at: Rows) -> Truth:
        codes = column.codes(scene, at)
        lists = scene.columns.list(column.name)
        found = (
            lists.holding(text)[np.maximum(codes, 0)] if len(lists.starts) > 1 else np.zeros(len(at), bool)
        )
        return truth(found, codes >= 0)

    return holds_it


def _on_pairs(
    left: Text,
    right: Text,
    function: Callable[[Texts, Codes, Texts, Codes], npt.NDArray[Any]],
    possible: Possible | None = None,
) -> Callable[[Scene, Rows], tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]]:
    """``function`` of the two texts, of columns and by their codes, worked out once for each distinct pair of
    them; 0 where it is not ``possible``."""

    def worked_out(scene: Scene, at: Rows) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        a, b = left.codes(scene, at), right.codes(scene, at)
        known = (a >= 0) & (b >= 0)
        some = np.flatnonzero(known)
        columns = scene.columns
        one, two = columns.text(left.key), columns.text(right.key)
        if possible is not None and len(some) > _A_HANDFUL:
            x, y = a.take(some), b.take(some)
            some = some.take(
                np.flatnonzero(possible(columns.signs(left.key), x, columns.signs(right.key), y))
            )
        if not len(some):
            return np.zeros(len(at)), known
        first, second, which = distinct_pairs(a.take(some), b.take(some), len(two.values))
        made = function(one, first, two, second)
        result = np.zeros(len(at), dtype=made.dtype)
        result[some] = made.take(which)
        return result, known

    return worked_out


@dataclass(frozen=True, slots=True)
class _TextTest:
    """A test of two texts: of one pair, and of many at once; and where it can be met."""

    one: Callable[[str, str], bool]
    many: Callable[[pl.Expr, pl.Expr], pl.Expr]
    possible: Possible

    def __call__(self, one: Texts, a: Codes, two: Texts, b: Codes) -> npt.NDArray[np.bool_]:
        if len(a) < _A_HANDFUL:
            both = zip(one.strings(a), two.strings(b), strict=True)
            return np.fromiter((self.one(x, y) for x, y in both), dtype=bool, count=len(a))
        frame = pl.DataFrame({"a": one.values.gather(pl.Series(a)), "b": two.values.gather(pl.Series(b))})
        return frame.select(self.many(pl.col("a"), pl.col("b")))["a"].to_numpy()


def text_test(left: Text, right: Text, node: exp.Expr) -> Boolean | None:
    """Return the test that a function of SQL stands for; None for one that is no test of two texts."""
    test = _TWO_TEXTS.get(type(node))
    if test is None:
        return None
    both = _on_pairs(left, right, test, test.possible)

    def told(scene: Scene, at: Rows) -> Truth:
        found, known = both(scene, at)
        return truth(found.astype(bool), known)

    return told


def distance(left: Text, right: Text, scorer: Any) -> Number:
    """Tell how far apart, or how alike, two texts are."""

    return _on_pairs(left, right, partial(_measured, scorer))


def near_enough(left: Text, right: Text, scorer: Any, bound: float) -> Boolean:
    """Tell whether two texts are as alike as ``bound`` or more, or as far apart as ``bound`` or less."""
    similarity = scorer is JaroWinkler.normalized_similarity

    def possible(
        a: similarity_bounds.Signs, x: Codes, b: similarity_bounds.Signs, y: Codes
    ) -> npt.NDArray[np.bool_]:
        if similarity:
            return similarity_bounds.may_be_similar(a, x, b, y, bound)
        return similarity_bounds.may_be_near(a, x, b, y, int(bound))

    def met(one: Texts, a: Codes, two: Texts, b: Codes) -> npt.NDArray[np.bool_]:
        found = _measured(scorer, one, a, two, b)
        return np.asarray(found >= bound if similarity else found <= bound)

    both = _on_pairs(left, right, met, possible)

    def told(scene: Scene, at: Rows) -> Truth:
        found, known = both(scene, at)
        return truth(found.astype(bool), known)

    return told


def _measured(scorer: Any, one: Texts, a: Codes, two: Texts, b: Codes) -> npt.NDArray[np.float64]:
    """Return a measure of texts ``a`` of one column and ``b`` of another: (n,)."""
    workers = -1 if len(a) > _MANY else 1
    found = cpdist(
        list(one.strings(a)), list(two.strings(b)), scorer=scorer, workers=workers, dtype=np.float64
    )
    return np.asarray(found, dtype=np.float64)


def length(text: Text) -> Number:
    """Tell how many letters a text has."""

    def lengths(scene: Scene, at: Rows) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
        codes = text.codes(scene, at)
        return looked_up(scene.columns.lengths(text.key), codes, 0), codes >= 0

    return lengths


def distance_of(node: exp.Expr) -> Any:
    """Return the measure that a function of SQL stands for; None for one that is no measure of two texts."""
    if isinstance(node, exp.JarowinklerSimilarity):
        return JaroWinkler.normalized_similarity
    if isinstance(node, exp.Levenshtein):
        return Levenshtein.distance
    if isinstance(node, exp.Anonymous) and node.name.lower() == "damerau_levenshtein":
        return DamerauLevenshtein.distance
    return None


def arguments(node: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """Return the two texts that a function of SQL looks at."""
    if isinstance(node, exp.Anonymous):
        first, second = node.expressions
        return first, second
    return node.this, node.expression


def is_letter_by_letter(node: exp.Expr) -> bool:
    """Tell whether a part of a condition compares texts letter by letter."""
    return isinstance(node, (exp.JarowinklerSimilarity, exp.Levenshtein, *_TWO_TEXTS)) or (
        distance_of(node) is not None
    )


def _may_end(
    a: similarity_bounds.Signs, x: Codes, b: similarity_bounds.Signs, y: Codes
) -> npt.NDArray[np.bool_]:
    return similarity_bounds.may_contain(a, x, b, y)


_TWO_TEXTS: Mapping[type, _TextTest] = {
    exp.StartsWith: _TextTest(
        str.startswith, lambda text, part: text.str.starts_with(part), similarity_bounds.may_begin
    ),
    exp.EndsWith: _TextTest(str.endswith, lambda text, part: text.str.ends_with(part), _may_end),
    exp.Contains: _TextTest(
        lambda text, part: part in text,
        lambda text, part: text.str.contains(part, literal=True),
        similarity_bounds.may_contain,
    ),
}
