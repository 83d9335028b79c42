"""Tell when each record of two people was made, where a column says it.

Records of one course of conduct come close together (decision 38): what is compared is the time between two
records, and not whether the day is the same.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from lamplighter.linkage.comparisons.comparison_levels import Extra
from lamplighter.linkage.features.feature_columns import EXTRA, EXTRA_NUMBER
from lamplighter.linkage_tables.cleaning.age_dates import told_beside_births, told_on
from lamplighter.linkage_tables.cleaning.dates import dated
from lamplighter.linkage_tables.column_roles.reading import Understood
from lamplighter.linkage_tables.headings import of_days, title_of

DAY = "day"
RECORDED = "reported_at"
_MOST = 0.5
"""So many of the values are days, at the least; the others say nothing."""


def with_days(both: Understood) -> Understood:
    """Return what is of both parties, with the column that most often says a day in days; as it is where none
    does.

    One column only: when something happened and when it was recorded say the same twice.
    """
    found = {e.column: days for e in both.extras if (days := _days(both.people[e.column], e)) is not None}
    if RECORDED in both.people.columns:
        found[RECORDED] = both.people[RECORDED].cast(pl.Date())
    if not found:
        return both
    column = min(found, key=lambda c: found[c].null_count())
    title = next((e.title for e in both.extras if e.column == column), "Recorded on")
    made = Extra(EXTRA_NUMBER + column.removeprefix(EXTRA), DAY, title)
    people = both.people.drop(column).with_columns(found[column].to_physical().alias(made.column))
    others = tuple(e for e in both.extras if e.column != column)
    taken = {c: DAY if f and title_of(c) == title else f for c, f in both.taken_for.items()}
    return Understood(people, (*others, made), taken)


def with_ages(parties: tuple[Understood, Understood], both: Understood) -> tuple[Understood, Understood]:
    """Return the parties with their ages told on the day of the record, where those of one party go with it:
    people of either are compared with each other, too. ``both`` is of :func:`with_days`."""
    column = next((e.column for e in both.extras if e.kind == DAY), None)
    if column is None or any("recorded_on" in p.taken_for.values() for p in parties):
        return parties
    days = both.people[column]
    usual = int(np.median(days.drop_nulls().to_numpy()))
    told = days.fill_null(usual).cast(pl.Int32()).cast(pl.Date())
    anew = [p.people.with_columns(told.alias(RECORDED)) for p in parties]
    days_told = {DAY: RECORDED}
    if not any(told_on(p, days_told) or told_beside_births(p, days_told) for p in anew):
        return parties
    first, second = (replace(p, people=people) for p, people in zip(parties, anew, strict=True))
    return first, second


def _days(values: pl.Series, extra: Extra) -> pl.Series | None:
    """Return the days of a column that has mostly days, null where it has none; None for any other column."""
    texts = values if values.dtype in (pl.Date, pl.Datetime) else values.cast(pl.String())
    if texts.dtype == pl.String and not of_days(extra.title):
        texts = texts.set(~texts.str.contains(r"\D").fill_null(False), None)
    days = dated(texts).str.to_date("%Y-%m-%d", strict=False)
    told, known = len(days) - days.null_count(), len(values) - values.null_count()
    return days if told > _MOST * known and days.n_unique() > 1 else None
