"""Return what the columns of a table hold, in the shape in which it is compared: dates, whole names, ages,
sexes."""

from __future__ import annotations

import polars as pl

from lamplighter.linkage_tables.cleaning import address_lines
from lamplighter.linkage_tables.cleaning.age_dates import days_of
from lamplighter.linkage_tables.cleaning.ages import AGE, spans
from lamplighter.linkage_tables.cleaning.birth_parts import put_together
from lamplighter.linkage_tables.cleaning.dates import YEAR, dated
from lamplighter.linkage_tables.cleaning.names.whole_names import without_whole_names


def shaped(people: pl.DataFrame, *, surname_first: bool = False) -> pl.DataFrame:
    """Dates read, a whole name taken apart, an age as a span."""
    people = put_together(people)
    if "address_text" in people.columns:
        people = address_lines.read(people)
    if "second_surname" in people.columns:
        # Where somebody has two, either may be left out elsewhere: they are parts of one.
        both = pl.concat_str("surname", "second_surname", separator=" ", ignore_nulls=True)
        people = (
            people.with_columns(surname=both.replace("", None)).drop("second_surname")
            if ("surname" in people.columns)
            else people.rename({"second_surname": "surname"})
        )
    if "birth_date" in people.columns:
        people = _born(people)
    if "full_name" in people.columns:
        people = without_whole_names(people, surname_first=surname_first)
    if "recorded_on" in people.columns:
        people = people.with_columns(days_of(people["recorded_on"]).alias("reported_at")).drop("recorded_on")
    if {"age", "age_to"} & set(people.columns):
        people = _aged(people)
        if "reported_at" not in people.columns:
            people = people.with_columns(reported_at=pl.date(2000, 1, 1))
    if "birth_year" in people.columns:
        born = people["birth_year"].cast(pl.String()).str.extract(r"(\d{4})").cast(pl.Int64())
        people = people.with_columns(birth_year=born)
    return people


def _aged(people: pl.DataFrame) -> pl.DataFrame:
    """``people`` with the span of each one's age, told in one column, or its end in another."""
    low, high = spans(people["age" if "age" in people.columns else "age_to"])
    if "age_to" in people.columns:
        most = spans(people["age_to"])[1]
        low = low.zip_with(low.is_not_null(), most)
        high = most.zip_with((most >= low).fill_null(False), high)
    return people.drop("age", strict=False).with_columns(low.alias("age_from"), high.alias("age_to"))


def _born(people: pl.DataFrame) -> pl.DataFrame:
    """Births as dates; of those that are but a year, as a year of birth, and of those that are an age, as
    an age."""
    written = people["birth_date"]
    dates = dated(written)
    made = people.with_columns(dates.alias("birth_date"))
    if written.dtype != pl.String or dates.null_count() == written.null_count():
        return made
    # A year alone is no date, and no age is.
    for name, pattern in (("birth_year", YEAR), ("age", AGE)):
        told = written.str.extract(pattern)
        if told.null_count() < len(told):
            known = pl.coalesce(pl.col(name).cast(pl.String()), told) if name in made.columns else told
            made = made.with_columns(known.alias(name))
    return made
