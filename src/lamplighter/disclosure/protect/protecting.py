"""From a release with the truth in it to what may be printed, with an account of why for those inside."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array

from lamplighter.disclosure.printed import Printed, PrintedTable
from lamplighter.disclosure.profiles import Profile
from lamplighter.disclosure.protect import steps
from lamplighter.disclosure.protect.cutting import Problem
from lamplighter.disclosure.protect.hiding import ROUNDS, Choice, choose
from lamplighter.disclosure.protect.primary import RULES, needed_width, sensitive
from lamplighter.disclosure.protect.rounding import nearest, rounded
from lamplighter.disclosure.protect.system import System, build, interval
from lamplighter.disclosure.tables import TOTAL, Codes, Release, Table

SECONDARY = "so that another hidden cell cannot be worked out"


@dataclass(frozen=True)
class Exact:
    """One true count behind a figure that this release prints (``now``) or an earlier one printed."""

    measure: str
    as_at: str
    codes: tuple[tuple[str, str], ...]
    count: float
    now: bool


@dataclass(frozen=True)
class HiddenCell:
    """One hidden cell, for people inside: which rule hid it and what that costs (people, plus one)."""

    cell: str
    tables: tuple[str, ...]
    rules: tuple[str, ...]
    cost: float

    @property
    def primary(self) -> bool:
        """Tell whether it is hidden for itself."""
        return bool(self.rules)


@dataclass(frozen=True)
class Account:
    """Say why the release looks as it does. Holds true figures' sizes: it never leaves with the release.

    ``cost`` is the hidden value (people in hidden cells, and one for each cell), ``bound`` the least that
    any safe choice costs; ``beyond_help`` are cells that earlier releases give away whatever is hidden now.
    """

    hidden: tuple[HiddenCell, ...]
    cells: int
    cost: float
    bound: float
    rounds: int
    rounding: str
    beyond_help: tuple[str, ...]
    withheld: tuple[str, ...]

    @property
    def ratio(self) -> float:
        """Hidden value over the least possible; 1.0 is the cheapest."""
        return self.cost / self.bound if self.bound > 0 else 1.0

    def document(self) -> dict[str, Any]:
        """Return the account as JSON."""
        return {
            "cells": self.cells,
            "hidden": [
                {
                    "cell": cell.cell,
                    "tables": list(cell.tables),
                    "because": [RULES[rule] for rule in cell.rules] or [SECONDARY],
                    "primary": cell.primary,
                    "cost": cell.cost,
                }
                for cell in self.hidden
            ],
            "hidden value": self.cost,
            "least hidden value possible": round(self.bound, 6),
            "rounds": self.rounds,
            "rounding used": self.rounding,
            "already given away by earlier releases": list(self.beyond_help),
            "withheld": list(self.withheld),
        }


@dataclass(frozen=True)
class Protected:
    """Hold what may be printed, and why (for people inside).

    ``exact`` are true counts behind printed figures, which somebody may be told elsewhere: the attack is
    given them, so that the promise is attacked as it is made. They never leave.
    """

    printed: Printed
    account: Account
    exact: tuple[Exact, ...] = ()


def protect(
    release: Release,
    profile: Profile,
    earlier: Sequence[Printed] = (),
    *,
    rounds: int = ROUNDS,
    hide: Collection[tuple[str, str]] = (),
) -> Protected:
    """Hide, round and merge until nothing that must stay hidden can be worked out.

    ``earlier`` is everything printed before, ``hide`` further cells that may not be shown, each by its table
    and its codes as the attack names them. After ``rounds`` the search for the cheapest cells gives way
    to any safe ones. The result is not yet fit to leave: only the gate, which has it attacked, says so.

    Raises:
        TablesNotValid: tables do not add up or contradict each other or an earlier release.
    """
    system = build(release, earlier)
    why = sensitive(system, profile)
    for i, places in system.places.items():
        if any((name, " / ".join(codes) or "everybody") in hide for name, codes in places):
            why.setdefault(i, []).append("difference")
    problem = problem_of(system, profile, why)
    choice = choose(problem, rounds=rounds)
    ceiling = float(problem.outer_high.max(initial=0.0))
    shown, rounding = rounded(system, problem.rows, choice.hidden, profile, ceiling)
    summaries = tuple(steps.summarised(s, system, choice.hidden, profile) for s in release.summaries)
    models = tuple(steps.modelled(m, profile) for m in release.models)
    printed = Printed(
        name=release.name,
        title=release.title,
        edition=release.edition,
        dimensions=release.dimensions,
        tables=_print_all(release.tables, system, shown),
        curves=tuple(steps.merged(c, profile) for c in release.curves),
        summaries=summaries,
        models=models,
        quoted=release.quoted,
        rules=replace(profile, rounding=rounding).published(),
        corrections=release.corrections,
    )
    withheld = tuple(m.name for m in models if m.values is None)
    exact = () if profile.rounding_counts else tuple(_exact(system, shown))
    return Protected(printed, _account(system, choice, why, rounding, withheld), exact)


def _exact(system: System, shown: dict[int, float]) -> Iterator[Exact]:
    """Yield the truth behind every count that is printed now, and behind earlier ones where it is known."""
    for i in sorted({*shown, *system.before} - system.magnitudes):
        if not np.isnan(system.value[i]):
            yield Exact(*system.keys[i], float(system.value[i]), i in shown)


def problem_of(system: System, profile: Profile, why: dict[int, list[str]]) -> Problem:
    """Return the choice that is to be made, in arrays."""
    n = len(system.keys)
    known = system.value[~np.isnan(system.value)]
    ceiling = 4 * float(known.max(initial=0.0)) + 1000
    finite = system.high[np.isfinite(system.high)]
    ceiling = max(ceiling, 2 * float(finite.max(initial=0.0)))
    may = np.zeros(n, bool)
    may[list(system.cells)] = True
    primary = np.zeros(n, bool)
    primary[list(why)] = True
    outer_low, outer_high = np.maximum(system.low, -ceiling), np.minimum(system.high, ceiling)
    if not profile.rounding_counts:
        # Nothing leans on the rounding of an earlier print either: its exact count may be had elsewhere.
        for i in system.before:
            if i not in system.magnitudes and not np.isnan(system.value[i]):
                outer_low[i] = outer_high[i] = system.value[i]
    inner_low, inner_high = outer_low.copy(), outer_high.copy()
    leaning = profile.rounding_counts and profile.rounding == "conventional"
    for i in system.cells:
        value = float(system.value[i])
        inner_low[i] = inner_high[i] = value
        if leaning:
            magnitude = i in system.magnitudes
            low, high = interval(nearest(value, profile.base), profile.published(), magnitude=magnitude)
            inner_low[i], inner_high[i] = max(low, outer_low[i]), min(high, outer_high[i])
    return Problem(
        rows=_rows(system),
        outer_low=outer_low,
        outer_high=outer_high,
        inner_low=inner_low,
        inner_high=inner_high,
        may=may,
        must=may & primary,
        guard=~may & primary,
        width=needed_width(system, profile),
        cost=np.where(may, np.nan_to_num(system.value) + 1.0, 0.0),
        whole=system.whole(),
    )


def _rows(system: System) -> csr_array:
    at: list[int] = []
    column: list[int] = []
    sign: list[float] = []
    for row, (whole, parts) in enumerate(system.relations):
        at += [row] * (len(parts) + 1)
        column += [whole, *parts]
        sign += [1.0] + [-1.0] * len(parts)
    return coo_array((sign, (at, column)), shape=(len(system.relations), len(system.keys))).tocsr()


def _print_all(tables: Sequence[Table], system: System, shown: dict[int, float]) -> tuple[PrintedTable, ...]:
    """Print every table; what is left out of all of them is named in the first that could have it."""
    left = {i: dict(system.keys[i][2]) for i in sorted(system.left_out)}
    printed = []
    for table in tables:
        mine = [
            i
            for i, codes in left.items()
            if system.keys[i] == system.same((table.measure, table.as_at, system.keys[i][2]))
            and codes.keys() <= set(table.dimensions)
        ]
        named = tuple(tuple(left[i].get(d, TOTAL) for d in table.dimensions) for i in mine)
        left = {i: codes for i, codes in left.items() if i not in mine}
        printed.append(replace(_print(table, system, shown), left_out=named))
    return tuple(printed)


def _print(table: Table, system: System, shown: dict[int, float]) -> PrintedTable:
    def figure(codes: Codes) -> float | None:
        named = zip(table.dimensions, codes, strict=True)
        key = (table.measure, table.as_at, tuple(sorted((d, c) for d, c in named if c != TOTAL)))
        i = system.find(key)
        return None if i is None else shown.get(i)

    counts = {codes: figure(codes) for codes in table.cells}
    shares: dict[Codes, float | None] = {}
    if table.percent_of:
        for codes in table.cells:
            base = figure(
                tuple(
                    TOTAL if dim in table.percent_of else code
                    for dim, code in zip(table.dimensions, codes, strict=True)
                )
            )
            count = counts[codes]
            shares[codes] = None if count is None or not base else round(100 * count / base, table.decimals)
    return PrintedTable(
        name=table.name,
        title=table.title,
        measure=table.measure,
        dimensions=table.dimensions,
        counts=counts,
        percentages=shares,
        kind=table.kind,
        as_at=table.as_at,
        grows=table.grows,
        percent_of=table.percent_of,
        decimals=table.decimals,
    )


def _account(
    system: System, choice: Choice, why: dict[int, list[str]], rounding: str, withheld: tuple[str, ...]
) -> Account:
    hidden = tuple(
        HiddenCell(
            system.names(i),
            tuple(dict.fromkeys(name for name, _ in system.places[i])),
            tuple(why.get(i, ())),
            float(system.value[i]) + 1.0,
        )
        for i in np.flatnonzero(choice.hidden).tolist()
    )
    return Account(
        hidden,
        len(system.cells),
        choice.cost,
        choice.bound,
        choice.rounds,
        rounding,
        tuple(system.names(i) for i in choice.beyond_help),
        withheld,
    )
