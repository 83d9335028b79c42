"""Totals by force: shares of outcomes from the counts, forces that give none said so."""

from __future__ import annotations

from lamplighter.disclosure.tables import TOTAL
from lamplighter.reporting.document import (
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    Block,
    Caution,
    Column,
    Section,
    Table,
    Value,
    Words,
)
from lamplighter.studies.review.analyses.force_totals import BY_CATEGORY, BY_FORCE, NO_OUTCOME
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.results import Count, Shown
from lamplighter.studies.review.sections.shares import percent, share_table, value_of

#: Groups that a column of the table by force shows.
SHOWN = ("charged", "nfa_victim_supports", "nfa_other", "out_of_court")


def force_section(review: Review, shown: Shown) -> Section | None:
    """Say what the totals say, and what no total can."""
    every = review.found.counts
    by_force = [count for name, count in every.items() if name.startswith(BY_FORCE)]
    if not by_force:
        return None
    tables: list[Block] = []
    for count in by_force:
        by_category = every[count.name.replace(BY_FORCE, BY_CATEGORY)]
        tables += [share_table(by_category, shown), _by_force(count, shown)]
    apart = (
        "Periods stand apart: their counts are not added up, and a part of a year is not set beside a year. "
    )
    blocks: list[Block] = [
        Words(
            (
                "These are counts of crimes by force and outcome, as published, and not of people. They "
                "say how often "
                "an outcome was given. They cannot say how long it took, who the victims were, whether "
                "risk was "
                "assessed, or whether anybody withdrew in the first week: for that a bundle of rows is "
                "needed.",
            )
        ),
        *tables,
        Caution(
            (apart if len(by_force) > 1 else "")
            + "Every share is worked out from the counts beside it. A force that gives no outcome at all has "
            "no share: "
            "nought of nothing is not nought per cent."
        ),
    ]
    return Section("forces", "What the totals say", tuple(blocks))


def _by_force(count: Count, shown: Shown) -> Table:
    force, group = count.fields
    named = {codes[1] for codes in count.table.cells}
    held = [name for name in SHOWN if name in named]
    without = [group.title_of(name).split(" (")[0] for name in SHOWN if name not in named]
    rows: list[tuple[Value, ...]] = []
    for code in [*force.titles, TOTAL]:
        whole = shown.count(count.name, (code, TOTAL))
        blank = (code, NO_OUTCOME)
        none = shown.count(count.name, blank) if blank in count.table.cells else 0
        known = None if whole is None or none is None else whole - none
        row: list[Value] = [force.title_of(code), value_of(whole), value_of(none)]
        for name in held:
            there = (code, name) in count.table.cells
            n = shown.count(count.name, (code, name)) if there else None
            if known == 0:
                row.append(NOT_APPLICABLE)
            elif not there:
                row.append(NOT_AVAILABLE)
            else:
                row.append(value_of(percent(n, whole)))
        rows.append(tuple(row))
    return Table(
        count.name,
        count.table.title,
        (
            Column("Force"),
            Column("Crimes", "count"),
            Column("No outcome given", "count"),
            *(Column(group.title_of(name).split(" (")[0], "percent") for name in held),
        ),
        tuple(rows),
        basis=count.basis.removesuffix(".")
        + "; shares are of all crimes of the force, those without an outcome included",
        notes=(
            "Groups follow the Home Office outcome types that the mapping names; a category of the source "
            "that is "
            "no outcome type is in none of these columns.",
            *((f"Not in the source as such, so not here: {'; '.join(without)}.",) if without else ()),
        ),
        totals=frozenset({len(rows) - 1}),
    )
