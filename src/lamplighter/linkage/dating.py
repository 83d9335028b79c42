"""Which column says when the ages of a table were told, where no heading says so.

Whoever is 34 in one year's list is 44 in that of ten years on. That is seen without labels: in rows that have
a name in common and are of different years, ages are apart as the years are, far oftener than they are alike.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from lamplighter.linkage.dates import dated

LEAST_PAIRS = 30
"""So many pairs of rows must be seen."""
OFTENER = 2.0
"""Ages go with the years so many times as often as they are alike."""
_APART = 2
"""In years: of a year on, ages as they are rounded say nothing."""
_LARGEST_GROUP = 6
_NAMES = ("forenames", "surname")
_YEAR = r"^((?:1[5-9]|20)\d{2})(?:\.0*)?$"


def days_of(values: pl.Series) -> pl.Series:
    """Values as days: of a year its middle; null where they are neither."""
    texts = values.cast(pl.String())
    days = dated(texts).str.to_date("%Y-%m-%d", strict=False)
    year = texts.str.extract(_YEAR).cast(pl.Int32())
    return pl.select(day=pl.coalesce(days, pl.date(pl.lit(year), 7, 1)))["day"]


def told_on(people: pl.DataFrame, candidates: Mapping[str, str]) -> str | None:
    """The column, if any, whose days are those on which the ages were told.

    Args:
        people: a table in our words, with ages.
        candidates: heading -> the column of ``people``.
    """
    if not {*_NAMES, "age_from"} <= set(people.columns):
        return None
    found: dict[str, float] = {}
    for heading, column in candidates.items():
        days = days_of(people[column])
        if days.null_count() * 10 < len(days) and days.n_unique() > 1:
            share = _go_together(people.select(*_NAMES, "age_from", year=days.dt.year()))
            if share is not None:
                found[heading] = share
    best = max(found, key=lambda h: found[h], default=None)
    return best if best is not None and found[best] >= OFTENER else None


def _go_together(rows: pl.DataFrame) -> float | None:
    """How many times as often ages of one name differ as the years do as they are alike; None where there are
    few to be seen."""
    names = [pl.col(c).str.to_lowercase().str.strip_chars() for c in _NAMES]
    known = rows.with_columns(names).drop_nulls().with_row_index("row")
    some = known.filter(pl.len().over(_NAMES).is_between(2, _LARGEST_GROUP))
    pairs = some.join(some, on=_NAMES, suffix="_2").filter(pl.col("row") < pl.col("row_2"))
    years, ages = pl.col("year_2") - pl.col("year"), pl.col("age_from_2") - pl.col("age_from")
    apart = pairs.filter(years.abs() >= _APART)
    if apart.height < LEAST_PAIRS:
        return None
    as_years, alike = ((ages - gap).abs() <= 1 for gap in (years, 0))
    both = apart.select(a=as_years.sum(), b=alike.sum()).row(0)
    return float(both[0]) / max(float(both[1]), 1.0)
