"""Attack printed tables person by person: a linear programme for each hidden cell, nothing borrowed.

The unknowns are how many people have each combination of the smallest codes of every dimension of a measure,
so every table, margin and hierarchy is a plain sum of them, and nothing has to be said of how tables hang
together. The truth behind what the newest release prints is known exactly (the promise), what an earlier
one printed by its rounding. Only counts are attacked. Two editions are subtracted, and where a few figures
were put right, everybody who is in none of them is the same number of people in both.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from lamplighter.disclosure.printed import Printed
from lamplighter.disclosure.tables import TOTAL, Codes, Dimension, Release, Table

NEAR = 1e-6
#: More people than there are in any release.
MANY = 1e6


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
    corrections: Mapping[str, tuple[str, tuple[tuple[tuple[str, str], ...], ...]]]
    number: dict[tuple[str, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        every = [sorted(frozenset().union(*codes.values())) for codes in self.pieces.values()]
        for *combination, state in itertools.product(*every, self.states):
            self.number.setdefault(self._since(tuple(combination), state), len(self.number))

    def _since(self, combination: tuple[str, ...], state: str) -> tuple[str, ...]:
        """The unknown of these people in a state: the one before, unless they are in a corrected figure."""
        while state in self.corrections:
            before, cells = self.corrections[state]
            if any(self._are_in(combination, dict(cell)) for cell in cells):
                break
            state = before
        return (*combination, state)

    def _are_in(self, combination: tuple[str, ...], cell: Mapping[str, str]) -> bool:
        own = zip(self.pieces.items(), combination, strict=True)
        return all(piece in mine[cell[name]] for (name, mine), piece in own if name in cell)

    def of(self, dimensions: Sequence[str], codes: Codes, as_at: str) -> list[int]:
        """The unknowns that a cell adds up."""
        given = dict(zip(dimensions, codes, strict=True))
        parts = [sorted(mine[given.get(name, TOTAL)]) for name, mine in self.pieces.items()]
        states = [s for s in self.states if (s <= as_at if self.grows else s == as_at)]
        return [self.number[self._since(tuple(c), s)] for *c, s in itertools.product(*parts, states)]


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
        asked = [*_hidden(editions, measure, people), *_left_out(newest, measure, threshold, people)]
        asked += _subtracted(editions, measure, threshold, people)
        told = _Told(rows, list(low.values()), list(high.values()), len(people.number))
        spans = told.spans([cost for _, cost, _ in asked], least)
        if spans is None:
            found.append(f"{measure}: nothing fits what is printed")
            continue
        for (said, _, few), (first, last) in zip(asked, spans, strict=True):
            small = (first > NEAR and last < threshold - NEAR) or (NEAR - threshold < first and last < -NEAR)
            if last - first < least - NEAR * 10 and (small or not few):
                found.append(f"{measure} {said}: {first:.3f} to {last:.3f}")
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
        {
            c.after: (c.before, c.cells)
            for edition in editions
            for c in edition.truth.corrections
            if c.measure == measure
        },
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
                low[key], high[key] = max(low.get(key, 0.0), ends[0]), min(high.get(key, math.inf), ends[1])
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


#: In words, what is to be added up, and whether it must be a small group to be told.
Asked = tuple[str, dict[int, float], bool]


def _hidden(editions: Sequence[Edition], measure: str, people: _People) -> Iterator[Asked]:
    """Yield the cells that any edition hid, and none printed; one that is the same in two of them once."""
    seen = set(_printed(editions, measure, people))
    for edition in editions:
        printed = {t.name: t for t in edition.printed.tables}
        for table in edition.truth.tables:
            for codes in table.cells if table.measure == measure else ():
                cost = people.of(table.dimensions, codes, table.as_at)
                if printed[table.name].counts[codes] is None and frozenset(cost) not in seen:
                    seen.add(frozenset(cost))
                    yield f"{' / '.join(codes)} {table.as_at}", dict.fromkeys(cost, 1.0), False


def _printed(editions: Sequence[Edition], measure: str, people: _People) -> Iterator[frozenset[int]]:
    """Yield the people of each cell that an edition printed: no secret, if another hides the same people."""
    for edition in editions:
        for table in (t for t in edition.printed.tables if t.measure == measure):
            for codes, figure in table.counts.items():
                if figure is not None:
                    yield frozenset(people.of(table.dimensions, codes, table.as_at))


def _left_out(edition: Edition, measure: str, threshold: int, people: _People) -> Iterator[Asked]:
    """Yield small cells that were left out by hand."""
    listed = {t.name: t for t in edition.truth.tables}
    for table in edition.whole.tables:
        for codes, cell in table.cells.items() if table.measure == measure else ():
            small = 0 < cell.value < threshold and _smallest(edition, table, codes)
            if codes not in listed[table.name].cells and small:
                cost = people.of(table.dimensions, codes, table.as_at)
                yield f"{' / '.join(codes)} {table.as_at}", dict.fromkeys(cost, 1.0), False


def _subtracted(
    editions: Sequence[Edition], measure: str, threshold: int, people: _People
) -> Iterator[Asked]:
    """Yield each small group by which a figure of now differs from an earlier one, or one inside it."""
    inner = {
        (d.name, code.within): code.code for e in editions for d in e.truth.dimensions for code in d.codes
    }
    before: dict[Key, float] = {}
    for edition in editions[:-1]:
        for table in edition.truth.tables:
            if table.measure == measure:
                before |= {(table.dimensions, c, table.as_at): own.value for c, own in table.cells.items()}
    states = sorted({as_at for *_, as_at in before})
    for table in editions[-1].truth.tables:
        for codes, cell in table.cells.items() if table.measure == measure else ():
            narrower = tuple(inner.get(own, own[1]) for own in zip(table.dimensions, codes, strict=True))
            for as_at, others in itertools.product(states, dict.fromkeys((codes, narrower))):
                earlier = before.get((table.dimensions, others, as_at))
                if earlier is None or not 0 < abs(cell.value - earlier) < threshold:
                    continue
                cost = dict.fromkeys(people.of(table.dimensions, codes, table.as_at), 1.0)
                for i in people.of(table.dimensions, others, as_at):
                    cost[i] = cost.get(i, 0.0) - 1.0
                yield f"{' / '.join(codes)} less that of {as_at or 'before'}", cost, True


class _Quiet(highspy.Highs):
    """HiGHS without its greeting, which switching callbacks on would print."""

    def enableCallbacks(self) -> None:  # noqa: N802 - its name in HiGHS
        """Silence first."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]  # of highspy


class _Told:
    """All that is told of the people, asked for the least and the greatest of sums of them."""

    def __init__(self, rows: list[list[int]], low: list[float], high: list[float], width: int) -> None:
        at = [r for r, row in enumerate(rows) for _ in row]
        to = [i for row in rows for i in row]
        matrix = csr_array((np.ones(len(to)), (at, to)), shape=(len(rows), width))
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = matrix.shape
        model.col_cost_, model.col_lower_ = np.zeros(width), np.zeros(width)
        model.col_upper_ = np.full(width, MANY)
        model.row_lower_, model.row_upper_ = np.array(low), np.minimum(high, MANY)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = matrix.indptr.astype(np.int32)
        model.a_matrix_.index_ = matrix.indices.astype(np.int32)
        model.a_matrix_.value_ = matrix.data
        self.width = width
        self.solver = _Quiet()  # type: ignore[no-untyped-call]  # of highspy
        self.solver.setOptionValue("parallel", "off")
        self.solver.passModel(model)

    def spans(self, targets: list[dict[int, float]], enough: float) -> list[tuple[float, float]] | None:
        """The least and the greatest value of each; where two answers show one so wide, no more is asked.

        ``None`` when nothing fits.
        """
        at = [n for n, cost in enumerate(targets) for _ in cost]
        to = [i for cost in targets for i in cost]
        weights = [weight for cost in targets for weight in cost.values()]
        asked = csr_array((weights, (at, to)), shape=(len(targets), self.width))
        least, most = np.full(len(targets), math.inf), np.full(len(targets), -math.inf)
        rng = np.random.default_rng(len(targets))
        spread = [rng.normal(size=len(targets)) @ asked for _ in range(3)] if len(targets) > 6 else []
        for n, cost in [*((None, own) for own in spread), *enumerate(asked.toarray())]:
            if n is not None and most[n] - least[n] >= enough:
                continue
            for sign in (1.0, -1.0):
                people = self._least(sign * np.asarray(cost))
                if people is None:
                    return None
                least, most = np.minimum(least, asked @ people), np.maximum(most, asked @ people)
        return [(float(a), float(b)) for a, b in zip(least, most, strict=True)]

    def _least(self, cost: NDArray[np.float64]) -> NDArray[np.float64] | None:
        self.solver.changeColsCost(self.width, np.arange(self.width, dtype=np.int32), cost)
        for again in (False, True):
            if again:
                self.solver.clearSolver()
            self.solver.run()
            if self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                return np.asarray(self.solver.getSolution().col_value)
        return None
