"""What the columns of a table hold, in the shape in which it is compared: dates, whole names, ages, sexes."""

from __future__ import annotations

import polars as pl

from lamplighter.linkage.dates import dated
from lamplighter.linkage.feature_columns import SEXES
from lamplighter.linkage.headings import document

_YEAR = r"^((?:18|19|20)\d{2})(?:\.0*)?$"
_BOTH_SEXES = 0.9
"""Two codes that cover so many of a column of sexes are the two."""


def shaped(people: pl.DataFrame, *, surname_first: bool = False) -> pl.DataFrame:
    """Dates read, a whole name taken apart, an age as a span."""
    if "birth_date" in people.columns:
        people = _born(people)
    if "sex" in people.columns:
        people = people.with_columns(_two_sexes(people["sex"]))
    if "full_name" in people.columns:
        people = _split_names(people, surname_first=surname_first)
    if "recorded_on" in people.columns:
        read = dated(people["recorded_on"]).str.to_date("%Y-%m-%d", strict=False)
        year = pl.col("recorded_on").cast(pl.String()).str.extract(r"^(\d{4})$").cast(pl.Int32())
        people = people.with_columns(
            pl.coalesce(read, pl.date(year, 7, 1)).alias("reported_at")
        ).drop("recorded_on")  # fmt: skip
    if "age" in people.columns:
        age = people["age"].cast(pl.String()).str.extract(r"^(\d{1,3})").cast(pl.Int64())
        people = people.with_columns(age_from=age, age_to=age).drop("age")
        if "reported_at" not in people.columns:
            people = people.with_columns(reported_at=pl.date(2000, 1, 1))
    if "birth_year" in people.columns:
        born = people["birth_year"].cast(pl.String()).str.extract(r"(\d{4})").cast(pl.Int64())
        people = people.with_columns(birth_year=born)
    return people


def _born(people: pl.DataFrame) -> pl.DataFrame:
    """Births as dates; of those that are but a year, as a year of birth."""
    written = people["birth_date"]
    dates = dated(written)
    if written.dtype != pl.String:
        return people.with_columns(dates.alias("birth_date"))
    years = written.str.extract(_YEAR)
    known = pl.coalesce("birth_year", years) if "birth_year" in people.columns else years
    made = people.with_columns(dates.alias("birth_date"))
    return made.with_columns(birth_year=known) if years.null_count() < len(years) else made


def _two_sexes(values: pl.Series) -> pl.Series:
    """Sexes in words that are known. Of two others, as another language has them, the commoner stands for
    the one, whichever it is: that they differ is what counts."""
    codes = values.cast(pl.String()).str.strip_chars().str.to_lowercase()
    if codes.drop_nulls().is_in(pl.Series([*SEXES, *document()["sexes"]["values"]]).implode()).all():
        return values
    common = codes.drop_nulls().value_counts(sort=True).sort("count", "sex", descending=[True, False])
    if int(common["count"].head(2).sum()) < _BOTH_SEXES * int(common["count"].sum()):
        return values
    read = dict(zip(common["sex"].head(2), ("male", "female"), strict=False))
    return codes.replace_strict(read, default=None, return_dtype=pl.String()).alias("sex")


def _split_names(people: pl.DataFrame, *, surname_first: bool) -> pl.DataFrame:
    """'Ann Mary Quarle' or 'Quarle, Ann Mary' as given names and surname, where these are not known; beside
    a surname, 'Ann Mary' as given names."""
    whole = pl.col("full_name").str.replace_all(r"\s+", " ").str.strip_chars()
    comma = whole.str.contains(",")
    if surname_first:
        parted = whole.str.extract(r"^\S+ (.+)$"), whole.str.extract(r"^(\S+)")
    else:
        parted = whole.str.extract(r"^(.+) \S+$"), whole.str.extract(r"(\S+)$")
    first = pl.when(comma).then(whole.str.extract(r",\s*(.+)$")).otherwise(parted[0])
    last = pl.when(comma).then(whole.str.extract(r"^([^,]+),")).otherwise(parted[1])
    if "surname" in people.columns and "forenames" not in people.columns:
        # What is called a name may be all of it, or what the surname leaves.
        beside = pl.col("surname").is_not_null() & (
            last.str.to_lowercase() != pl.col("surname").str.to_lowercase()
        )
        first = pl.when(beside).then(whole).otherwise(first)
    given = {"forenames": first, "surname": last}
    return people.with_columns(
        [pl.coalesce(c, e).alias(c) if c in people.columns else e.alias(c) for c, e in given.items()]
    ).drop("full_name")
