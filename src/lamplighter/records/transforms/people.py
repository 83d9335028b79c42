"""Transforms of what identifies people."""

from __future__ import annotations

import polars as pl

from lamplighter.records.canonical import (
    ages,
    cros,
    datetimes,
    emails,
    handles,
    looks_like_date,
    names,
    nicknames,
    other_names,
    phones,
    pnc_ids,
    postcodes,
    vehicles,
    whole_names,
)
from lamplighter.records.canonical.dates import OLDEST_AGE
from lamplighter.records.canonical.outcome import Outcome
from lamplighter.records.transforms.registry import Options, transform

_ISO = r"^\s*\d{4}-\d{2}-\d{2}"


@transform("phones", merges=True)
def phone_list(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """Telephone numbers in E.164; a cell may hold several."""
    del options
    return [phones(columns[0])]


@transform("emails", merges=True)
def email_list(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """E-mail addresses in lower case; a cell may hold several."""
    del options
    return [emails(columns[0])]


@transform("handles", merges=True)
def handle_list(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """Accounts in any scribbled form, as '<platform>:<handle>'; a cell may hold several."""
    del options
    return [handles(columns[0])]


@transform("vehicles", outputs=2)
def vehicle_lists(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """A registration mark (a partial one ends with '*') and the words that describe the vehicle."""
    del options
    return list(vehicles(columns[0]))


@transform("postcode")
def one_postcode(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """A postcode, or its outward part."""
    del options
    return [postcodes(columns[0])]


@transform("pnc_id")
def one_pnc_id(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """A PNC id with its century and all seven digits; empty with a warning when the check letter is wrong."""
    del options
    return [pnc_ids(columns[0])]


@transform("cro")
def one_cro(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """A CRO number; empty with a warning when the check letter is wrong."""
    del options
    return [cros(columns[0])]


@transform("nicknames", merges=True)
def nickname_list(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """Nicknames and aliases; a cell may hold several."""
    del options
    return [nicknames(columns[0])]


@transform("other_names", merges=True)
def other_name_list(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """Other names given beside a name: a birth name after 'nee', what follows 'known as'."""
    del options
    return [other_names(columns[0])]


@transform("names", outputs=3)
def name_parts(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """Surname, forenames and descriptor from the surname and one or more columns of given names; with
    `given_only` there is no surname, and every column is of given names.
    """
    nobody = pl.Series([None] * len(columns[0]), dtype=pl.String)
    surname, rest = (nobody, columns) if options.given.get("given_only") else (columns[0], columns[1:])
    if not rest:
        return list(names(surname, nobody))
    given = pl.DataFrame([c.alias(str(i)) for i, c in enumerate(rest)])
    forenames = given.select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True)).to_series()
    return list(names(surname, forenames))


@transform("whole_name", outputs=3)
def whole_name(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """Surname, forenames and descriptor from one column with the whole name: 'NAIR, Priya', 'Priya NAIR',
    'Priya Nair'. Without a comma or capitals the last word is the surname, or the first one where
    `surname_first` is true; one word alone is a forename.
    """
    return list(whole_names(columns[0], surname_first=bool(options.given.get("surname_first", False))))


@transform("contacts", outputs=2, merges=True)
def contacts(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """Telephone numbers and e-mail addresses from one column that holds either."""
    del options
    numbers, mails = phones(columns[0]), emails(columns[0])
    read = numbers.value.is_not_null() | mails.value.is_not_null()
    nothing = pl.Series([None] * len(columns[0]), dtype=pl.String)
    problem = nothing if numbers.problem is None else numbers.problem
    return [Outcome(numbers.value, pl.select(pl.when(~read).then(problem)).to_series()), Outcome(mails.value)]


@transform("birth_or_age", outputs=3)
def birth_or_age(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """Birth date, lowest and highest age, whichever of the columns holds which; day before month unless
    `day_first` is false.

    ``form`` is a pattern of the form that the source says it uses for dates;
    a date in another form is read with a warning, unless its year comes first:
    day and month of '2001-08-28' cannot be the wrong way round.
    """
    birth = pl.Series([None] * len(columns[0]), dtype=pl.Datetime("us"))
    low = high = pl.Series([None] * len(columns[0]), dtype=pl.Int64)
    problem = pl.Series([None] * len(columns[0]), dtype=pl.String)
    form = options.given.get("form")
    day_first = options.given.get("day_first", True)
    for column in columns:
        is_date = looks_like_date(column) | column.str.contains(r"^[0\s/.\-T:]{4,}$").fill_null(False)
        as_date = pl.select(pl.when(is_date).then(column)).to_series()
        as_age = pl.select(pl.when(~is_date).then(column)).to_series()
        date = datetimes(as_date, day_first=day_first, pivot=20)
        lowest, highest = ages(as_age)
        other = (
            pl.select(
                pl.when(date.value.is_not_null() & ~as_date.str.contains(f"{form}|{_ISO}")).then(
                    pl.lit("birth_other_form")
                )
            ).to_series()
            if form
            else pl.Series([None] * len(column), dtype=pl.String)
        )
        step = pl.select(
            pl.coalesce(birth, date.value).alias("b"),
            pl.coalesce(low, lowest.value).alias("l"),
            pl.coalesce(high, highest.value).alias("h"),
            pl.coalesce(problem, date.problem, lowest.problem, other).alias("p"),
        )
        birth, low, high, problem = step["b"], step["l"], step["h"], step["p"]
    return [Outcome(birth.cast(pl.Date), problem), Outcome(low), Outcome(high)]


@transform("age_band", outputs=2)
def age_band(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """Lowest and highest age of a band ('35-44', 'under 18', '65+') or of a single age given in its place."""
    del options
    low, high = ages(columns[0])
    return [low, Outcome(high.value.clip(None, OLDEST_AGE))]
