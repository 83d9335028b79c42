"""The words of explanations, each kept once and known by a number."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import transaction

from lamplighter.hub.people.matching import statements as ask
from lamplighter.hub.site.postgresql.prepared import cursor
from lamplighter.linkage.arrays.row_order import numbered
from lamplighter.linkage.comparisons.reasons import Reason, parts_of

_reasons: dict[int, Reason] = {}
_numbers: dict[Reason, int] = {}
"""Of committed rows only: no number may be written that a rollback has taken away."""


def forget(**of_signal: Any) -> None:
    """Ask the database again: a new connection may lead to another one, as when a copy took its place."""
    _reasons.clear()
    _numbers.clear()


def reasons(numbers: Sequence[int]) -> list[Reason]:
    """The reasons with these numbers. Raises ``KeyError`` for one that is not kept."""
    # A copy: whoever connects meanwhile empties the other (:func:`forget`).
    known = dict(_reasons)
    if not known.keys() >= set(numbers):
        with cursor() as cur:
            known = {n: Reason(*words) for n, *words in cur.execute(ask.REASONS, prepare=True)}
        _reasons.update(known)
    return [known[n] for n in numbers]


def parts(numbers: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.int64]:
    """Return the parts that the reasons with these numbers are about:
    :func:`lamplighter.linkage.comparisons.reasons.parts_of`."""
    if not len(numbers):
        return np.empty(0, dtype=np.int64)
    every, where = numbered(numbers.astype(np.int64))
    return parts_of(reasons(every.tolist()))[where]


def numbers(wanted: Collection[Reason]) -> dict[Reason, int]:
    """The numbers of reasons; whichever is new is kept."""
    known = dict(_numbers)
    new = [r for r in wanted if r not in known]
    return known | _kept(new) if new else known


def _kept(new: Iterable[Reason]) -> dict[Reason, int]:
    columns = [ask.texts(column) for column in zip(*sorted(set(new)), strict=True)]
    with cursor() as cur:
        cur.execute(ask.ADD_REASONS, columns)
        found = {Reason(*words): n for n, *words in cur.execute(ask.REASONS, prepare=True)}
    transaction.on_commit(lambda: _numbers.update(found))
    return found
