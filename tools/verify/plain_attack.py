"""Attack printed tables person by person: a linear programme for each hidden cell, nothing borrowed.

The unknowns are how many people have each combination of the smallest codes of every dimension of a measure,
so every table, margin and hierarchy is a plain sum of them, and nothing has to be said of how tables hang
together. The truth behind what the newest release prints is known exactly (the promise), what an earlier
one printed by its rounding. Only counts are attacked.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from lamplighter.disclosure.printed import Printed
from lamplighter.disclosure.tables import TOTAL, Codes, Dimension, Release, Table

NEAR = 1e-6


@dataclass(frozen=True)
class Edition:
    """What was printed, from which truth. ``whole`` has the lines that were left out of the truth as well."""

    truth: Release
    printed: Printed
    whole: Release


@dataclass
class _People:
    """Unknowns of one measure: for each dimension the smallest pieces that each code is made of."""

    pieces: Mapping[str, Mapping[str, frozenset[str]]]
    states: list[str]
    grows: bool
    number: dict[tuple[str, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        every = [sorted(frozenset().union(*codes.values())) for codes in self.pieces.values()]
        for combination in itertools.product(*every, self.states):
            self.number[combination] = len(self.number)

    def of(self, dimensions: Sequence[str], codes: Codes, as_at: str) -> list[int]:
        """The unknowns that a cell adds up."""
        given = dict(zip(dimensions, codes, strict=True))
        parts = [sorted(mine[given.get(name, TOTAL)]) for name, mine in self.pieces.items()]
        states = [s for s in self.states if (s <= as_at if self.grows else s == as_at)]
        return [self.number[c] for c in itertools.product(*parts, states)]


def narrow(editions: Sequence[Edition], *, exact: bool = True) -> list[str]:
    """List hidden cells of the newest edition that can be told more closely than its rules allow.

    ``exact``: the true count behind every figure of the newest edition is known.
    """
    newest = editions[-1]
    least, threshold = float(newest.printed.rules["least_width"]), int(newest.printed.rules["threshold"])
    found = []
    for measure in sorted({t.measure for t in newest.truth.tables if t.kind == "count"}):
        people = _people(editions, measure)
        low, high = _told(editions, measure, people, exact=exact)
        rows = [people.of(*key) for key in low]
        asked = _asked(newest, measure, threshold)
        spans = _spans(
            [people.of(*key) for key in asked], rows, list(low.values()), list(high.values()), people
        )
        for key, span in zip(asked, spans, strict=True):
            if key in low and key not in _hidden(newest, measure):
                continue
            if span is None:
                found.append(f"{measure}: nothing fits what is printed")
            elif span[1] - span[0] < least - NEAR * 10 and not (key in low and low[key] == high[key]):
                found.append(f"{measure} {' / '.join(key[1])} {key[2]}: {span[0]:.3f} to {span[1]:.3f}")
    return found


def _people(editions: Sequence[Edition], measure: str) -> _People:
    dimensions: dict[str, Dimension] = {}
    tables = [t for e in editions for t in e.whole.tables if t.measure == measure]
    for edition in editions:
        dimensions |= {d.name: d for d in edition.truth.dimensions}
    used = dict.fromkeys(name for table in tables for name in table.dimensions)
    return _People(
        {name: _pieces(dimensions[name]) for name in used},
        sorted({t.as_at for t in tables}),
        any(t.grows for t in tables),
    )


def _pieces(dimension: Dimension) -> dict[str, frozenset[str]]:
    """Each code as the set of its smallest pieces; what lies around a nested code is a piece of its own."""
    made: dict[str, set[str]] = {TOTAL: set()}
    made |= {code.code: set() for code in dimension.codes}
    parents = {code.parent for code in dimension.codes}
    within = {code.code: code.within for code in dimension.codes}
    for code in dimension.codes:
        if code.code in parents:
            continue
        at: str | None = code.code
        while at is not None:
            made[at].add(f"{code.code}.")
            at = next((c.parent for c in dimension.codes if c.code == at), None)
        outer = within[code.code]
        while outer is not None:
            made[outer].add(f"{code.code}.")
            outer = within[outer]
    if not made[TOTAL]:
        made[TOTAL].add("nobody knows.")
    return {code: frozenset(pieces) for code, pieces in made.items()}


Key = tuple[tuple[str, ...], Codes, str]


def _told(
    editions: Sequence[Edition], measure: str, people: _People, *, exact: bool
) -> tuple[dict[Key, float], dict[Key, float]]:
    low: dict[Key, float] = {}
    high: dict[Key, float] = {}
    for number, edition in enumerate(editions):
        own = exact and number == len(editions) - 1
        shown = {t.name: t for t in edition.printed.tables}
        whole = {t.name: t for t in edition.whole.tables}
        for table in edition.truth.tables:
            if table.measure != measure:
                continue
            for codes, cell in table.cells.items():
                figure, key = shown[table.name].counts[codes], (table.dimensions, codes, table.as_at)
                if figure is None:
                    continue
                ends = (cell.value, cell.value) if own else _behind(figure, edition.printed.rules)
                low[key], high[key] = ends
            # What a table does not list, and nobody is, a reader takes for empty.
            for codes, cell in whole[table.name].cells.items():
                if codes not in table.cells and cell.value == 0 and _smallest(edition, table, codes):
                    low[table.dimensions, codes, table.as_at] = high[table.dimensions, codes, table.as_at] = (
                        0.0
                    )
    return low, high


def _smallest(edition: Edition, table: Table, codes: Codes) -> bool:
    parents = {d.name: {c.parent for c in d.codes} for d in edition.truth.dimensions}
    return all(c != TOTAL and c not in parents[n] for n, c in zip(table.dimensions, codes, strict=True))


def _behind(figure: float, rules: Mapping[str, object]) -> tuple[float, float]:
    base, how = int(str(rules["base"])), rules["rounding"]
    if base == 1 or how == "none":
        return figure, figure
    reach = base - 1 if how == "controlled" else base // 2
    low, high = figure - reach, figure + reach
    if figure > 0 or rules["zeros_hidden"]:
        low = max(low, min(int(str(rules["threshold"])), high))
    return max(0.0, low), high


def _hidden(edition: Edition, measure: str) -> set[Key]:
    printed = {t.name: t for t in edition.printed.tables}
    return {
        (t.dimensions, codes, t.as_at)
        for t in edition.truth.tables
        if t.measure == measure
        for codes in t.cells
        if printed[t.name].counts[codes] is None
    }


def _asked(edition: Edition, measure: str, threshold: int) -> list[Key]:
    """Hidden cells, and small ones that were left out."""
    printed_tables = {t.name: t for t in edition.truth.tables}
    left_out = {
        (t.dimensions, codes, t.as_at)
        for t in edition.whole.tables
        if t.measure == measure
        for codes, cell in t.cells.items()
        if codes not in printed_tables[t.name].cells
        and 0 < cell.value < threshold
        and _smallest(edition, t, codes)
    }
    return sorted(_hidden(edition, measure) | left_out)


def _spans(
    targets: list[list[int]],
    rows: list[list[int]],
    low: list[float],
    high: list[float],
    people: _People,
) -> Iterator[tuple[float, float] | None]:
    """The least and the greatest value of each target: two programmes each."""
    width = len(people.number)
    equal = [r for r in range(len(rows)) if low[r] == high[r]]
    loose = [r for r in range(len(rows)) if low[r] != high[r]]
    a_eq, b_eq = _matrix([rows[r] for r in equal], width), np.array([low[r] for r in equal])
    beyond = _matrix([rows[r] for r in loose], width)
    a_ub = None if not loose else _stack(beyond)
    b_ub = None if not loose else np.array([high[r] for r in loose] + [-low[r] for r in loose])
    for target in targets:
        cost, ends = np.zeros(width), []
        cost[target] = 1.0
        for sign in (1.0, -1.0):
            done = linprog(
                sign * cost,
                A_ub=a_ub,
                b_ub=b_ub,
                A_eq=a_eq if equal else None,
                b_eq=b_eq if equal else None,
                bounds=(0, None),
                method="highs",
            )
            ends.append(
                math.inf * -sign if done.status == 3 else (None if done.fun is None else sign * done.fun)
            )
        yield None if ends[0] is None or ends[1] is None else (float(ends[0]), float(ends[1]))


def _matrix(rows: list[list[int]], width: int) -> csr_array:
    at = [r for r, row in enumerate(rows) for _ in row]
    to = [i for row in rows for i in row]
    return csr_array((np.ones(len(to)), (at, to)), shape=(len(rows), width))


def _stack(matrix: csr_array) -> csr_array:
    from scipy.sparse import vstack

    return csr_array(vstack([matrix, -matrix]))
