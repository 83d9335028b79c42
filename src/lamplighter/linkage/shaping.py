"""What the columns of a table hold, in the shape in which it is compared: dates, whole names, ages, sexes."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from lamplighter.linkage import lines
from lamplighter.linkage.birth_parts import put_together
from lamplighter.linkage.dates import dated
from lamplighter.linkage.dating import days_of
from lamplighter.linkage.feature_columns import SEXES
from lamplighter.linkage.headings import document
from lamplighter.linkage.names import known_first_names, words

_YEAR = r"^((?:18|19|20)\d{2})(?:\.0*)?$"
_MOSTLY = 0.5
_INITIALS = r"^(\p{{Lu}})\.{dots}(\p{{Lu}})\.?$"
_BOTH_SEXES = 0.9
"""Two codes that cover so many of a column of sexes are the two."""

_NO_AGES, _AROUND = (0, 98, 99, 998, 999), 5


def shaped(people: pl.DataFrame, *, surname_first: bool = False) -> pl.DataFrame:
    """Dates read, a whole name taken apart, an age as a span."""
    people = put_together(people)
    if "address_text" in people.columns:
        people = lines.read(people)
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
    if "sex" in people.columns:
        people = people.with_columns(_two_sexes(people["sex"]))
    if "full_name" in people.columns:
        people = _split_names(people, surname_first=surname_first)
    if "recorded_on" in people.columns:
        people = people.with_columns(days_of(people["recorded_on"]).alias("reported_at")).drop("recorded_on")
    if "age" in people.columns:
        age = _told_ages(people["age"].cast(pl.String()).str.extract(r"^(\d{1,3})").cast(pl.Int64()))
        people = people.with_columns(age_from=age, age_to=age).drop("age")
        if "reported_at" not in people.columns:
            people = people.with_columns(reported_at=pl.date(2000, 1, 1))
    if "birth_year" in people.columns:
        born = people["birth_year"].cast(pl.String()).str.extract(r"(\d{4})").cast(pl.Int64())
        people = people.with_columns(birth_year=born)
    return people


def _told_ages(ages: pl.Series) -> pl.Series:
    """Ages without the numbers that stand for none: of 0, or of 99, there are then more than of all the ages
    around it."""
    counts = dict(ages.drop_nulls().value_counts().iter_rows())
    nothing = [
        code
        for code in _NO_AGES
        if counts.get(code, 0) > sum(counts.get(code + d, 0) for d in range(-_AROUND, _AROUND + 1) if d)
    ]
    return ages.set(ages.is_in(nothing), None) if nothing else ages


def _born(people: pl.DataFrame) -> pl.DataFrame:
    """Births as dates; of those that are but a year, as a year of birth."""
    written = people["birth_date"]
    dates = dated(written)
    if written.dtype != pl.String or dates.null_count() == written.null_count():
        # A year alone is no date.
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


def _split_names(people: pl.DataFrame, *, surname_first: bool) -> pl.DataFrame:
    """'Ann Mary Quarle' or 'Quarle, Ann Mary' as given names and surname, where these are not known; beside
    a surname, 'Ann Mary' as given names. One word alone is what it is oftener in names of more words."""
    whole = _initials_apart(people["full_name"].str.replace_all(r"\s+", " ").str.strip_chars())
    begins, rest = whole.str.extract(r"^(\S+) \S"), whole.str.extract(r"^\S+ (.+)$")
    ends, before = whole.str.extract(r"\S (\S+)$"), whole.str.extract(r"^(.+) \S+$")
    comma = whole.str.contains(",")
    parts = pl.DataFrame(
        {
            "whole": whole,
            "comma": comma,
            "first": rest if surname_first else before,
            "last": begins if surname_first else ends,
            "after": whole.str.extract(r",\s*(.+)$"),
            "until": whole.str.extract(r"^([^,]+),"),
        }
    ).select(
        "whole",
        first=pl.when("comma").then("after").otherwise("first"),
        last=pl.when("comma").then("until").otherwise("last"),
    )
    alone = parts["first"].is_null() & parts["last"].is_null()
    given = _alone_as_given(parts, parts["whole"].filter(alone))
    word = pl.col("whole").is_in(given.implode())
    parts = parts.with_columns(alone=alone).select(
        "whole",
        first=pl.when("alone").then(pl.when(word).then("whole")).otherwise("first"),
        last=pl.when("alone").then(pl.when(~word).then("whole")).otherwise("last"),
    )
    first, last = parts["first"], parts["last"]
    if "surname" in people.columns and "forenames" not in people.columns:
        # What is called a name may be all of it, or what the surname leaves.
        known = people["surname"]
        beside = known.is_not_null() & (
            last.is_null() | (last.str.to_lowercase() != known.str.to_lowercase())
        )
        first = pl.DataFrame({"w": whole, "f": first, "b": beside}).select(
            f=pl.when("b").then("w").otherwise("f")
        )["f"]
    made = people.with_columns(_first=first, _last=last)
    return made.with_columns(
        [
            pl.coalesce(c, e).alias(c) if c in people.columns else pl.col(e).alias(c)
            for c, e in (("forenames", "_first"), ("surname", "_last"))
        ]
    ).drop("full_name", "_first", "_last")


def _initials_apart(whole: pl.Series) -> pl.Series:
    """ "J.B." as "J B", and "JB" where names are not written in capitals."""
    long = whole.filter(whole.str.len_chars() > len("J. B."))
    dots = "" if 2 * int((long.str.to_uppercase() == long).sum()) > len(long) else "?"
    return whole.str.replace(_INITIALS.format(dots=dots), "$1 $2")


def _alone_as_given(parts: pl.DataFrame, words: pl.Series) -> pl.Series:
    """Which of some single words are given names: those that stand there oftener than as a surname. A word
    that does neither is what most of the others are: where people go by their first names it is a nickname.
    Where nothing is known of any, known first names are what they are."""
    given = parts["first"].str.extract(r"^(\S+)").str.to_lowercase()
    family = parts["last"].str.to_lowercase()
    distinct = words.drop_nulls().unique().sort()
    counts = pl.DataFrame({"whole": distinct, "w": distinct.str.to_lowercase()})
    for name, column in (("given", given), ("family", family)):
        found = column.drop_nulls().value_counts(name=name)
        counts = counts.join(found, left_on="w", right_on=found.columns[0], how="left", maintain_order="left")
    more = pl.col("given").fill_null(0).cast(pl.Int64) - pl.col("family").fill_null(0).cast(pl.Int64)
    often = words.drop_nulls().value_counts(name="n")
    counts = counts.with_columns(more=more.sign()).join(often, left_on="whole", right_on=often.columns[0])
    mostly = int(counts.select((pl.col("more") * pl.col("n")).sum()).item())
    known = pl.col("w").is_in(pl.Series(sorted(known_first_names())).implode())
    untold = known if mostly == 0 else pl.lit(mostly > 0)
    return counts.filter((pl.col("more") > 0) | ((pl.col("more") == 0) & untold))["whole"]
