"""Tell when the ages of a table were told, where no heading says so.

Whoever is 34 in one year's list is 44 in that of ten years on. That is seen without labels: in rows that have
a name in common and are of different years, ages are apart as the years are, far oftener than they are alike.
And where somebody's birth stands beside their age, the two say on which day the age was told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from lamplighter.linkage_tables.cleaning.dates import dated

LEAST_PAIRS = 30
"""So many pairs of rows must be seen."""
OFTENER = 2.0
"""Ages go with the years so many times as often as they are alike."""
_APART = 2
"""In years: of a year on, ages as they are rounded say nothing."""
_LARGEST_GROUP = 6
_NAMES = ("forenames", "surname")
_BIRTHS = ("birth_date", "birth_year")
_MOST_AWRY, _FAR = 3.0, 10.0
"""In years: so much is an age wrong at the most, one with another, and more is not counted of any."""
_FEWEST = 10
_IN_DAYS = 365.25
_YEAR = r"^((?:1[5-9]|20)\d{2})(?:\.0*)?$"


def days_of(values: pl.Series) -> pl.Series:
    """Values as days: of a year its middle; null where they are neither."""
    texts = values.cast(pl.String())
    days = dated(texts).str.to_date("%Y-%m-%d", strict=False)
    year = texts.str.extract(_YEAR).cast(pl.Int32())
    return pl.select(day=pl.coalesce(days, pl.date(pl.lit(year), 7, 1)))["day"]


def told_on(people: pl.DataFrame, candidates: Mapping[str, str]) -> str | None:
    """Return the column, if any, whose days are those on which the ages were told.

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


def told_beside_births(people: pl.DataFrame, candidates: Mapping[str, str]) -> str | None:
    """Return the column, if any, on whose days ages are what births beside them make of them, and more
    nearly so than on any one day. The arguments are those of :func:`told_on`.
    """
    if "age_from" not in people.columns:
        return None
    rows = _born_and_aged(people)
    some = rows.filter(pl.col("born").is_not_null() & pl.col("aged").is_not_null())
    if some.height < LEAST_PAIRS:
        return None
    told = _told(some)
    found: dict[str | None, float] = {}
    found[None] = _awry(told, pl.Series([told.median()]).new_from_index(0, len(told)))
    for heading, column in candidates.items():
        days = days_of(people[column])
        if days.null_count() * 10 < len(days):
            found[heading] = _awry(told, days.cast(pl.Float64()).gather(some["row"]))
    best = min(found, key=lambda h: found[h])
    return best if found[best] <= _MOST_AWRY else None


def usual_day(people: pl.DataFrame) -> dt.date | None:
    """Return the one day on which the ages of a table were told, as births say: those of the same rows, or
    of rows of the same name, or, one with another, of others. None where there are no births.
    """
    rows = _born_and_aged(people)
    beside = _told(rows)
    if len(beside) < _FEWEST and set(_NAMES) <= set(people.columns):
        names = [pl.col(c).str.to_lowercase().str.strip_chars() for c in _NAMES]
        named = rows.hstack(people.select(names)).drop_nulls([*_NAMES])
        few = named.filter(pl.len().over(_NAMES).is_between(2, _LARGEST_GROUP))
        pairs = few.select(*_NAMES, "row", "born").join(few.select(*_NAMES, "aged", other="row"), on=_NAMES)
        beside = _told(pairs.filter(pl.col("row") != pl.col("other")))
    if len(beside) < _FEWEST:
        beside = _told(rows.select(pl.col("born", "aged").median()))
    day = beside.median()
    return None if day is None else dt.date(1970, 1, 1) + dt.timedelta(days=int(float(str(day))))


def _born_and_aged(people: pl.DataFrame) -> pl.DataFrame:
    """``row``; ``born``, in days since 1970; and ``aged``, in days, of those whose age is one number."""
    nothing = pl.lit(None, dtype=pl.Float64())
    born = [days_of(people[c]).cast(pl.Float64()).alias(c) for c in _BIRTHS if c in people.columns]
    aged = people.select(
        a=pl.when(pl.col("age_to").is_null() | (pl.col("age_to") == pl.col("age_from"))).then("age_from")
    )["a"]
    return pl.DataFrame([*born, aged]).select(
        row=pl.int_range(pl.len()),
        born=pl.coalesce(*(s.name for s in born), nothing),
        aged=(pl.col("a") + 0.5) * _IN_DAYS,
    )


def _told(rows: pl.DataFrame) -> pl.Series:
    """Return the days on which ages were told, in days since 1970, of the rows that tell both."""
    return rows.select(day=pl.col("born") + pl.col("aged"))["day"].drop_nulls()


def _awry(told: pl.Series, days: pl.Series) -> float:
    """By how many years ages are wrong on some days, one with another."""
    wrong = ((told - days).abs() / _IN_DAYS).fill_null(_FAR).clip(upper_bound=_FAR).mean()
    return float(str(wrong))


def _go_together(rows: pl.DataFrame) -> float | None:
    """Tell how many times as often ages of one name differ as the years do as they are alike; None where
    there are few to be seen."""
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
