"""Put conditions together, and work numbers out, on arrays of pairs: ``and``, ``or``, ``not``, sums.

What comes out alike for every pair is known before any pair is looked at (:class:`Always`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlglot import exp

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.features.row_pairs import FALSE, TRUE, UNKNOWN, Boolean, Number, Scene, Truth


@dataclass(frozen=True, slots=True)
class Always:
    """A condition that comes out alike for every pair."""

    value: int

    def __call__(self, scene: Scene, at: Rows) -> Truth:
        return np.full(len(at), self.value, dtype=np.uint8)


_UNASKED = 3


@dataclass(frozen=True, slots=True)
class Once:
    """A condition that several comparisons ask, answered once for each pair of a scene."""

    inner: Boolean

    def __call__(self, scene: Scene, at: Rows) -> Truth:
        known = scene.answers.get(self.inner)
        if known is None:
            known = scene.answers[self.inner] = np.full(len(scene.left), _UNASKED, dtype=np.uint8)
        found = known.take(at)
        open_ = np.flatnonzero(found == _UNASKED)
        if len(open_):
            asked = at.take(open_)
            known[asked] = found[open_] = self.inner(scene, asked)
        return found


def not_(inner: Boolean) -> Boolean:
    """Return the other way round; unknown stays so."""
    if isinstance(inner, Always):
        return Always(TRUE - inner.value)
    return lambda scene, at: (TRUE - inner(scene, at)).astype(np.uint8)


def and_(left: Boolean, right: Boolean) -> Boolean:
    """Both; the right one is looked at only where the left leaves it open."""
    return _either_way(left, right, FALSE, np.minimum)


def or_(left: Boolean, right: Boolean, *, cheap: bool = False) -> Boolean:
    """Either; the right one is looked at only where the left leaves it open, or everywhere if it is cheap."""
    return _either_way(left, right, TRUE, np.maximum, everywhere=cheap)


def _either_way(
    left: Boolean, right: Boolean, settles: int, joined: np.ufunc, *, everywhere: bool = False
) -> Boolean:
    """Two conditions of which one that comes out as ``settles`` settles both."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Always) and one.value != UNKNOWN:
            return one if one.value == settles else other

    def both(scene: Scene, at: Rows) -> Truth:
        found = left(scene, at)
        if everywhere:
            return np.asarray(joined(found, right(scene, at)))
        open_ = np.flatnonzero(found != settles)
        if len(open_) == len(at):
            return np.asarray(joined(found, right(scene, at)))
        if len(open_):
            found[open_] = joined(found.take(open_), right(scene, at.take(open_)))
        return found

    return both


def or_else(first: Boolean, others: list[Boolean]) -> Boolean:
    """Return the first condition that is known."""
    if isinstance(first, Always):
        return or_else(others[0], others[1:]) if first.value == UNKNOWN and others else first

    def known(scene: Scene, at: Rows) -> Truth:
        found = first(scene, at)
        for other in others:
            open_ = np.flatnonzero(found == UNKNOWN)
            if len(open_):
                found[open_] = other(scene, at.take(open_))
        return found

    return known


def number_column(side: str, name: str) -> Number:
    """Return a column of numbers of one side of the pairs."""

    def read(scene: Scene, at: Rows) -> tuple[Any, Any]:
        column = scene.columns.number(name)
        rows = scene.rows(side, at)
        return column.numbers.take(rows), column.known.take(rows)

    return read


def constant(value: float) -> Number:
    """Return the same number for every pair."""
    return lambda scene, at: (value, np.True_)


def unary(inner: Number, operation: Callable[[Any], Any]) -> Number:
    """Return an operation on one number."""

    def made(scene: Scene, at: Rows) -> tuple[Any, Any]:
        x, known = inner(scene, at)
        return operation(x), known

    return made


def binary(left: Number, right: Number, operation: Callable[[Any, Any], Any]) -> Number:
    """Return an operation on two numbers, known where both are."""

    def made(scene: Scene, at: Rows) -> tuple[Any, Any]:
        x, x_known = left(scene, at)
        y, y_known = right(scene, at)
        return operation(x, y), x_known & y_known

    return made


COMPARE: Mapping[type, Callable[[Any, Any], Any]] = {
    exp.EQ: np.equal,
    exp.NEQ: np.not_equal,
    exp.LT: np.less,
    exp.LTE: np.less_equal,
    exp.GT: np.greater,
    exp.GTE: np.greater_equal,
}
