"""Return what the columns of a table hold, in the shape in which it is compared: dates, whole names, ages,
sexes."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from lamplighter.linkage.features.feature_columns import SEXES
from lamplighter.linkage.features.names import words
from lamplighter.linkage_tables.cleaning import address_lines
from lamplighter.linkage_tables.cleaning.age_dates import days_of
from lamplighter.linkage_tables.cleaning.ages import AGE, spans
from lamplighter.linkage_tables.cleaning.birth_parts import put_together
from lamplighter.linkage_tables.cleaning.dates import YEAR, dated
from lamplighter.linkage_tables.cleaning.names.whole_names import without_whole_names
from lamplighter.linkage_tables.headings import document

_ZIP, _ZIP_OF_STREET = r"^\d{5}$", r"^(\d{5})-\d{4}$"
_MOSTLY = 0.5
_BOTH_SEXES = 0.9
"""Two codes that cover so many of a column of sexes are the two."""


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
    if "postcode" in people.columns:
        people = people.with_columns(_of_one_length(people["postcode"]))
    if "sex" in people.columns:
        people = people.with_columns(_two_sexes(people["sex"]))
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


def _of_one_length(postcodes: pl.Series) -> pl.Series:
    """Postcodes of the United States without the four digits of a street, where some have these and others
    not: '75410-9323' and '75410' are one place."""
    codes = postcodes.cast(pl.String())
    whole = codes.str.contains(_ZIP_OF_STREET)
    return (
        codes.str.replace(_ZIP_OF_STREET, "$1")
        if whole.any() and codes.str.contains(_ZIP).any()
        else postcodes
    )


def _two_sexes(values: pl.Series) -> pl.Series:
    """Sexes in words that are known. Of two others, as another language has them, the commoner stands for
    the one, whichever it is: that they differ is what counts."""
    codes = values.cast(pl.String()).str.strip_chars(" .").str.to_lowercase()
    told = codes.drop_nulls()
    known = told.is_in(pl.Series([*SEXES, *document()["sexes"]["values"]]).implode())
    # Some titles tell no sex: "Dr".
    if known.all() or int(told.is_in(pl.Series([*SEXES]).implode()).sum()) > _BOTH_SEXES * len(told):
        return values
    common = codes.drop_nulls().value_counts(sort=True).sort("count", "sex", descending=[True, False])
    if int(common["count"].head(2).sum()) < _BOTH_SEXES * int(common["count"].sum()):
        return values
    read = dict(zip(common["sex"].head(2), ("male", "female"), strict=False))
    return codes.replace_strict(read, default=None, return_dtype=pl.String()).alias("sex")


def without_firms(whole: pl.Series, others: Sequence[pl.Series]) -> pl.Series:
    """Whole names, but where a row has the name of a firm for it: what another column says in that row.

    A column that says the same in most rows says who somebody is.
    """
    name = _compared(whole)
    for other in others:
        told = pl.select(same=name == _compared(other))["same"]
        if 0 < int(told.sum()) < _MOSTLY * (len(told) - told.null_count()):
            whole = pl.select(n=pl.when(~told.fill_null(False)).then(whole))["n"].alias(whole.name)
    return whole


def without_posts(whole: pl.Series, codes: Sequence[pl.Series]) -> pl.Series:
    """Whole names, but where all of several words are what other columns have for something else: a "kitchen
    manager" where there are departments and posts."""
    held = {w for code in codes for text in code.drop_nulls().unique() for w in words(text)}
    begin = whole.str.to_lowercase().str.extract(r"^\W*(\w+)")
    some = whole.filter(begin.is_in(pl.Series(sorted(held), dtype=pl.String()).implode())).unique()
    posts = [t for t in some.to_list() if len(own := words(t)) > 1 and held.issuperset(own)]
    if not posts:
        return whole
    return pl.select(n=pl.when(~whole.is_in(pl.Series(posts).implode())).then(whole))["n"].alias(whole.name)


def _compared(values: pl.Series) -> pl.Series:
    return values.cast(pl.String()).str.strip_chars().str.to_lowercase()
