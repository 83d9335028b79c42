"""All cells of a release and of the earlier ones as unknowns of one system of sums.

Whatever an intruder can write down as a sum is a row: a margin and its cells, a code and its children, an
area and the older area within it, a later state of the data and an earlier one.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, inf, prod

import numpy as np
from numpy.typing import NDArray

from lamplighter.disclosure.errors import TablesNotValid
from lamplighter.disclosure.printed import Printed, PrintedTable
from lamplighter.disclosure.protect.joint import MOST, Joint, Ways, joints, pieces, smallest
from lamplighter.disclosure.tables import TOTAL, Cell, Codes, Correction, Dimension, Release, Table

#: Measure, state of the data, and the codes that are not totals.
Key = tuple[str, str, tuple[tuple[str, str], ...]]
LESS = " less "
THEN = " then "


@dataclass
class System:
    """Unknowns by number. ``value`` is the truth (nan: not known to us); ``low``/``high`` what earlier
    releases tell; ``places`` the tables and codes in which this release would print the unknown; ``left_out``
    the smallest cells that no table lists and that hold somebody (each release says which); ``signed`` what a
    correction took away or added; ``joint`` what no table has, but several together tell of (never hidden,
    never a target). ``same`` gives a figure that a correction leaves alone its earlier name."""

    keys: list[Key] = field(default_factory=list)
    number: dict[Key, int] = field(default_factory=dict)
    relations: dict[tuple[int, tuple[int, ...]], str] = field(default_factory=dict)
    places: dict[int, list[tuple[str, Codes]]] = field(default_factory=lambda: defaultdict(list))
    cells: dict[int, Cell] = field(default_factory=dict)
    magnitudes: set[int] = field(default_factory=set)
    implied: set[int] = field(default_factory=set)
    left_out: set[int] = field(default_factory=set)
    signed: set[int] = field(default_factory=set)
    joint: set[int] = field(default_factory=set)
    same: Callable[[Key], Key] = lambda key: key
    hidden_before: dict[int, str] = field(default_factory=dict)
    before: dict[int, list[tuple[float, float, float, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    value: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    low: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    high: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    def unknown(self, key: Key) -> int:
        """Return the number of a key; a new one when it has none."""
        key = self.same(key)
        if key not in self.number:
            self.number[key] = len(self.keys)
            self.keys.append(key)
        return self.number[key]

    def find(self, key: Key) -> int | None:
        """Return the number of a key, if it has one."""
        return self.number.get(self.same(key))

    def whole(self) -> NDArray[np.bool_]:
        """Return which unknowns come in whole numbers; of people with several codes at once it is not asked.

        Which whole numbers can stand behind several tables at once is a question that no programme is sure to
        answer in time.
        """
        amounts = {self.keys[i][0] for i in self.magnitudes}
        return np.array(
            [i not in self.joint and key[0] not in amounts for i, key in enumerate(self.keys)], bool
        )

    def names(self, i: int) -> str:
        """Return the unknown in words, without any count."""
        measure, as_at, codes = self.keys[i]
        said = ", ".join(f"{dim} {code}" for dim, code in codes) or "everybody"
        return f"{measure}: {said}" + (f" (as at {as_at})" if as_at else "")


def build(release: Release, earlier: Sequence[Printed]) -> System:
    """Return the system of a release and of every earlier one.

    Raises:
        TablesNotValid: tables do not add up, contradict each other, or contradict what was printed before.
    """
    dimensions = _merged(release, earlier)
    printed_before = {(t.measure, t.as_at) for printed in earlier for t in printed.tables}
    for own in release.corrections:
        if (own.measure, own.before) not in printed_before:
            raise TablesNotValid(
                f"No earlier release has {own.measure} as at {own.before or 'no date'}.",
                where=f"correction of {own.measure} as at {own.after}",
                remedy="Name the ledger (--earlier), or mend “before”: it is the as_at of what was printed.",
            )
    corrections = [*release.corrections, *(c for printed in earlier for c in printed.corrections)]
    system = System(same=_same(corrections, dimensions))
    tables: list[tuple[Table | PrintedTable, Iterable[Codes]]] = [(t, t.cells) for t in release.tables]
    tables += [(t, t.counts) for printed in earlier for t in printed.tables]
    used: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    groups: dict[tuple[str, str, tuple[str, ...]], dict[str, set[str]]] = {}
    for table, cells in tables:
        group = groups.setdefault(
            (table.measure, table.as_at, tuple(sorted(table.dimensions))), defaultdict(set)
        )
        for codes in cells:
            for dim, code in zip(table.dimensions, codes, strict=True):
                group[dim].add(code)
                used[table.measure][dim].add(code)
    for (measure, as_at, dims), group in groups.items():
        _cube(system, measure, as_at, [_axis(dimensions[d], used[measure][d], group[d]) for d in dims])
    for table in release.tables:
        _list_now(system, table)
    for printed in earlier:
        _list_before(system, printed)
    growing = {t.measure for t, _ in tables if t.grows}
    for joint in joints(groups, growing, corrections):
        _join(system, joint, {d: _axis(dimensions[d], used[joint.measure][d]) for d in joint.dims})
    _growth(system, growing, dimensions)
    _growth_of_the_rest(system, growing)
    _put_right(system, corrections, dimensions)
    _settle(system)
    return system


def sums(dimension: Dimension) -> list[tuple[str, tuple[str, ...]]]:
    """Return each code (or the total) that has children, with them."""
    children: dict[str, list[str]] = defaultdict(list)
    for code in dimension.codes:
        if code.parent is not None:
            children[code.parent].append(code.code)
    return [(whole, tuple(parts)) for whole, parts in children.items()]


def interval(shown: float, rules: dict[str, object], *, magnitude: bool = False) -> tuple[float, float]:
    """Return what a printed figure says of the true one, by the rules printed with it."""
    base, rounding = int(str(rules["base"])), rules["rounding"]
    if rounding == "none" or base == 1:
        return (shown - 0.5, shown + 0.5) if magnitude else (shown, shown)
    if rounding == "controlled":
        low, high = (shown - base, shown + base) if magnitude else (shown - base + 1, shown + base - 1)
    else:
        low, high = shown - base / 2, shown + base / 2
        if not magnitude:
            low, high = ceil(low), floor(high)
    if not magnitude and (shown > 0 or rules["zeros_hidden"]):
        low = max(low, min(float(str(rules["threshold"])), high))
    return max(0.0, low), high


@dataclass(frozen=True)
class _Axis:
    name: str
    codes: tuple[str, ...]
    sums: tuple[tuple[str, tuple[str, ...]], ...]


def _axis(dimension: Dimension, in_measure: set[str], used: set[str] | None = None) -> _Axis:
    codes = {TOTAL, *(in_measure if used is None else used)}
    # Not only the next one around: what lies between may not be printed, or be hidden.
    nested = [
        (outer, inner)
        for inner, line in dimension.around().items()
        for outer in line
        if inner in in_measure and outer in in_measure
    ]
    for outer, inner in nested:
        codes |= {outer, inner}
    taken: list[tuple[str, tuple[str, ...]]] = []
    left = sums(dimension)
    while found := [s for s in left if codes.intersection(s[1])]:
        for whole, parts in found:
            codes |= {whole, *parts}
        taken += found
        left = [s for s in left if s not in found]
    for outer, inner in nested:
        between = f"{outer}{LESS}{inner}"
        codes.add(between)
        taken.append((outer, (inner, between)))
    return _Axis(dimension.name, tuple(sorted(codes)), tuple(sorted(taken)))


def _cube(system: System, measure: str, as_at: str, axes: Sequence[_Axis]) -> None:
    def number(codes: Sequence[str]) -> int:
        named = tuple(sorted((a.name, c) for a, c in zip(axes, codes, strict=True) if c != TOTAL))
        i = system.unknown((measure, as_at, named))
        if any(LESS in c for c in codes):
            system.implied.add(i)
        return i

    if not axes:
        number(())
    for at, axis in enumerate(axes):
        others = [a.codes for n, a in enumerate(axes) if n != at]
        for rest in itertools.product(*others):
            for whole, parts in axis.sums:
                row = [number((*rest[:at], code, *rest[at:])) for code in (whole, *parts)]
                kind = "between" if any(LESS in p for p in parts) else "sum"
                system.relations.setdefault((row[0], tuple(row[1:])), kind)


def _join(system: System, joint: Joint, axes: dict[str, _Axis]) -> None:
    """Write down the smallest cells of several dimensions at once, and what they add up to.

    They add up to the smallest cells of every margin that a table or another such set has; the margins have
    all their sums.
    """
    ways: dict[str, Ways] = {name: defaultdict(list) for name in axes}
    for name, axis in axes.items():
        for whole, parts in axis.sums:
            ways[name][whole].append(parts)
    least = {name: smallest(axis.codes, ways[name]) for name, axis in axes.items()}
    if prod(len(codes) for codes in least.values()) > MOST:
        return
    told, implied = len(system.keys), set(system.implied)
    for shared in joint.shared:
        _cube(system, joint.measure, joint.as_at, [axes[d] for d in shared])

    def number(cell: dict[str, str]) -> int:
        named = tuple(sorted((d, c) for d, c in cell.items() if c != TOTAL))
        return system.unknown((joint.measure, joint.as_at, named))

    def sums(of: dict[str, tuple[str, ...]], whole: dict[str, str]) -> None:
        """Add up ``whole`` from all cells of the codes ``of``, for each cell of the other dimensions."""
        others = [d for d in joint.dims if d not in of]
        parts = list(itertools.product(*of.values()))
        for rest in itertools.product(*(least[d] for d in others)):
            fixed = dict(zip(others, rest, strict=True))
            row = tuple(number(fixed | dict(zip(of, part, strict=True))) for part in parts)
            system.relations.setdefault((number(fixed | whole), row), "sum")

    for shared in joint.shared:
        of = {d: pieces(TOTAL, ways[d]) for d in joint.dims if d not in shared}
        # Codes that stand apart from the total say nothing about it.
        if all(own != (TOTAL,) for own in of.values()):
            sums(of, {})
    for d in joint.dims:
        for whole, made in ways[d].items():
            for parts in made if len(made) > 1 and whole != TOTAL else ():
                sums({d: tuple(p for part in parts for p in pieces(part, ways[d]))}, {d: whole})
    system.joint.update(range(told, len(system.keys)))
    system.implied = implied


def _key(table: Table | PrintedTable, codes: Codes) -> Key:
    named = zip(table.dimensions, codes, strict=True)
    return table.measure, table.as_at, tuple(sorted((d, c) for d, c in named if c != TOTAL))


def _list_now(system: System, table: Table) -> None:
    for codes, cell in table.cells.items():
        i = system.unknown(_key(table, codes))
        if i in system.cells and system.cells[i].value != cell.value:
            raise TablesNotValid(
                "A cell differs from the same cell in another table.",
                where=f"{table.name}, {' / '.join(codes)}",
                remedy="Count both tables from the same data, or give them different measures or as_at.",
            )
        system.cells[i] = cell
        system.places[i].append((table.name, codes))
        if table.kind == "magnitude":
            system.magnitudes.add(i)


def _list_before(system: System, printed: Printed) -> None:
    rules = dict(printed.rules)
    for table in printed.tables:
        where = f"{printed.edition}, {table.name}"
        for codes, shown in table.counts.items():
            i = system.unknown(_key(table, codes))
            if table.kind == "magnitude":
                system.magnitudes.add(i)
            if shown is None:
                system.hidden_before.setdefault(i, where)
            else:
                low, high = interval(shown, rules, magnitude=table.kind == "magnitude")
                system.before[i].append((low, high, shown, where))
        system.left_out |= {system.unknown(_key(table, codes)) for codes in table.left_out}


def _growth(system: System, growing: set[str], dimensions: dict[str, Dimension]) -> None:
    """What came between an earlier figure and a later one of the same people or of a wider area.

    Neighbouring states, and every earlier state beside one of this release: the states between may be
    hidden.
    """
    listed = set(system.cells) | set(system.before) | set(system.hidden_before)
    around = {name: dimension.around() for name, dimension in dimensions.items()}
    states: dict[str, set[str]] = defaultdict(set)
    now: dict[str, set[str]] = defaultdict(set)
    for i in listed:
        measure, as_at, _ = system.keys[i]
        states[measure].add(as_at)
        if i in system.cells:
            now[measure].add(as_at)
    for i in sorted(listed):
        measure, first, codes = system.keys[i]
        if measure not in growing:
            continue
        later = sorted(state for state in states[measure] if state > first)
        for at, second in enumerate(later):
            if at > 0 and first not in now[measure] and second not in now[measure]:
                continue
            for wider, between in _wider(codes, around):
                late = system.number.get((measure, second, wider))
                if late is None or late not in listed:
                    continue
                new = system.unknown((measure, first + THEN + second, between))
                system.implied.add(new)
                system.relations[late, (i, new)] = "growth"


def _growth_of_the_rest(system: System, growing: set[str]) -> None:
    """Let grow what no table lists: a line left out by hand, and people of several codes at once."""
    states: dict[str, list[str]] = defaultdict(list)
    for measure, as_at, _ in system.keys:
        if measure in growing and THEN not in as_at and as_at not in states[measure]:
            states[measure].append(as_at)
    wholes = {whole for (whole, _), kind in system.relations.items() if kind != "growth"}
    grown = {(late, parts[0]) for (late, parts), kind in system.relations.items() if kind == "growth"}
    for i, (measure, first, codes) in enumerate(list(system.keys)):
        second = min((s for s in states.get(measure, ()) if s > first), default=None)
        late = None if second is None else system.number.get((measure, second, codes))
        if late is not None and first in states[measure] and i not in wholes and (late, i) not in grown:
            new = system.unknown((measure, f"{first}{THEN}{second}", codes))
            system.joint.add(new)
            system.relations[late, (i, new)] = "growth"


def _wider(
    codes: tuple[tuple[str, str], ...], around: dict[str, dict[str, tuple[str, ...]]]
) -> Iterable[tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]]:
    """Yield the same codes and each with one code widened, with a name for what lies between."""
    yield codes, codes
    for at, (dim, code) in enumerate(codes):
        for outer in around[dim].get(code, ()):
            rest, after = codes[:at], codes[at + 1 :]
            yield (*rest, (dim, outer), *after), (*rest, (dim, f"{outer}{LESS}{code}"), *after)


def _same(corrections: Sequence[Correction], dimensions: dict[str, Dimension]) -> Callable[[Key], Key]:
    """Return what gives a figure that no correction touches the name of the state before it."""
    of = {(c.measure, c.after): c for c in corrections}
    if not of:
        return lambda key: key
    above: dict[tuple[str, str], set[str]] = {}
    for name, dimension in dimensions.items():
        around = dimension.around()
        for code in around:
            line = [code, *around[code]]
            above[name, code] = {outer for own in line for outer in dimension.line_of(own)} - {TOTAL}

    def meet(dim: str, one: str, other: str) -> bool:
        one, _, inner = one.partition(LESS)
        if inner in above.get((dim, other), {other}):
            return False  # it lies inside what is taken off
        return one in above.get((dim, other), {other}) or other in above.get((dim, one), {one})

    def same(key: Key) -> Key:
        measure, as_at, codes = key
        given = dict(codes)
        while (correction := of.get((measure, as_at))) and not any(
            all(dim not in given or meet(dim, given[dim], code) for dim, code in cell)
            for cell in correction.cells
        ):
            as_at = correction.before
        return measure, as_at, codes

    return same


def _put_right(system: System, corrections: Sequence[Correction], dimensions: dict[str, Dimension]) -> None:
    """Return what corrections took away or added, wherever both figures are listed.

    The earlier one may be of a narrower area or a shorter period.
    """
    listed = set(system.cells) | set(system.before) | set(system.hidden_before)
    around = {name: dimension.around() for name, dimension in dimensions.items()}
    before = {(c.measure, c.after): c.before for c in corrections}
    later: dict[tuple[str, str], list[str]] = defaultdict(list)
    for measure, after in before:
        state = before.get((measure, after))
        while state is not None:
            later[measure, state].append(after)
            state = before.get((measure, state))
    for early in sorted(listed):
        measure, state, codes = system.keys[early]
        for after in later.get((measure, state), ()):
            for wider, between in _wider(codes, around):
                late = system.find((measure, after, wider))
                if late is None or late not in listed or system.keys[late][1] != after:
                    continue
                new = system.unknown((measure, state + THEN + after, between))
                system.implied.add(new)
                system.signed.add(new)
                system.relations[late, (early, new)] = "correction"


def _settle(system: System) -> None:
    n = len(system.keys)
    system.low, system.high = np.zeros(n), np.full(n, inf)
    system.low[sorted(system.signed)] = -inf
    system.value = np.full(n, np.nan)
    for i, told in system.before.items():
        for low, high, _, where in told:
            system.low[i], system.high[i] = max(system.low[i], low), min(system.high[i], high)
            cell = system.cells.get(i)
            if system.low[i] > system.high[i] or (cell and not low <= cell.value <= high):
                raise TablesNotValid(
                    f"Another figure was printed before for {system.names(i)}.",
                    where=where,
                    remedy="If the data were revised, give the table the date of its data in as_at; if a "
                    "figure was corrected, name it under “corrections” as well.",
                )
        if system.low[i] == system.high[i]:
            system.value[i] = system.low[i]
    for i, cell in system.cells.items():
        system.value[i] = cell.value
    _fill(system)
    unlisted = _unlisted(system)
    for i in unlisted:
        if system.value[i] == 0:
            system.high[i] = 0.0
        elif system.value[i] > 0:
            system.left_out.add(i)
    system.left_out.intersection_update(unlisted)
    for i in system.left_out:
        system.low[i] = max(system.low[i], 1.0)


def _unlisted(system: System) -> list[int]:
    """Cells without parts that no table lists. Those that hold nobody a reader takes for empty.

    Those that hold somebody are unknowns like any other: a margin less its listed parts tells them. What is
    only a margin, not printed, says nothing of the kind. A longer period or a wider area, of which an earlier
    release printed the inner one, is no margin of it: it is a line of its own table.
    """
    whole = {
        row[0] for row, kind in system.relations.items() if kind == "sum" and system.joint.isdisjoint(row[1])
    }
    told = system.cells.keys() | system.before.keys() | system.hidden_before.keys() | system.implied
    told |= system.joint
    return [i for i in range(len(system.keys)) if i not in told and i not in whole]


def _fill(system: System) -> None:
    """Work out every unknown that follows from the true cells, and refuse sums that do not come out."""
    waiting = {
        row: kind for row, kind in system.relations.items() if system.joint.isdisjoint((row[0], *row[1]))
    }
    while waiting:
        done = []
        for (whole, parts), kind in waiting.items():
            row = (whole, *parts)
            missing = [i for i in row if np.isnan(system.value[i])]
            if len(missing) > 1:
                known = [system.value[i] for i in parts if i not in missing]
                if kind == "correction" or whole in missing or sum(known) != system.value[whole]:
                    continue
                system.value[missing] = 0.0  # the parts that are known leave nobody for the others
                done.append((whole, parts))
                continue
            done.append((whole, parts))
            if missing:
                known = sum(system.value[i] for i in parts if i != missing[0])
                i = missing[0]
                system.value[i] = known if i == whole else system.value[whole] - known
                short = system.value[i] < -1e-9 and i not in system.signed
            else:
                off = system.value[whole] - sum(system.value[i] for i in parts)
                short = abs(off) > 1e-6 * max(1.0, system.value[whole])
            if short:
                place = next((p[0] for i in row for p in system.places.get(i, ())), "an earlier release")
                raise TablesNotValid(
                    f"The parts of {system.names(whole)} do not add up to it.",
                    where=str(place[0] if isinstance(place, tuple) else place),
                    remedy="A later state cannot be smaller if the measure grows."
                    if kind == "growth"
                    else "Count the table again, or list the missing code.",
                )
        for key in done:
            del waiting[key]
        if not done:
            return


def _merged(release: Release, earlier: Sequence[Printed]) -> dict[str, Dimension]:
    merged: dict[str, Dimension] = {}
    sources = [release.dimensions, *(printed.dimensions for printed in earlier)]
    for source in sources:
        for dimension in source:
            mine = merged.get(dimension.name)
            if mine is None:
                merged[dimension.name] = dimension
                continue
            known = {c.code: c for c in mine.codes}
            for code in dimension.codes:
                other = known.setdefault(code.code, code)
                # A code may come in between: what was a part of all is now a part of a part.
                moved = other.parent != code.parent and (
                    code.parent is None or code.parent not in mine.line_of(code.code)
                )
                if moved or (other.within and code.within and other.within != code.within):
                    raise TablesNotValid(
                        f"Code {code.code} has another place in the dimension than in an earlier release.",
                        where=f"dimension {dimension.name}",
                        remedy="Give the changed code a name of its own.",
                    )
                if code.within and not other.within:
                    known[code.code] = code
            merged[dimension.name] = Dimension(mine.name, tuple(known.values()), mine.title)
    return merged
