"""Dates in the forms that people write, birth dates, and ages in words."""

from __future__ import annotations

import datetime as dt
import re

import polars as pl

from lamplighter.records.canonical.outcome import Outcome

EARLIEST = dt.date(1900, 1, 1)
LATEST = dt.date(2100, 1, 1)
OLDEST_AGE = 120  # years; no record allows more
AROUND = 5  # 'approx 40', 'c46': an officer's estimate, five years either way
NEAR = 1  # '41' where an apparent age is asked: one year either way

_DAY_FIRST = r"^\s*(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4}|\d{2})(?:[T ,]+(?:at )?(.*))?$"
_YEAR_FIRST = r"^\s*(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[T ]+(.*))?$"
_COMPACT = r"^\s*(\d{4})(\d{2})(\d{2})$"
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED = (
    r"(?i)^\s*(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th)?[\s\-]+([a-z]{3})[a-z]*\.?,?[\s\-]+"
    r"(\d{4}|\d{2})(?:[T ,]+(?:at )?(.*))?$"
)
_TIME = (
    r"^(\d{1,2})[:.]?(\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*(?i:hrs|hours|h)?\s*"
    r"([AaPp]\.?[Mm]\.?)?\s*(Z|[+\-]\d{2}:?\d{2})?$"
)
_USUAL = (
    (r"^\d{2}/\d{2}/\d{4} \d{2}:\d{2}$", "%d/%m/%Y %H:%M"),
    (r"^\d{2}/\d{2}/\d{4}$", "%d/%m/%Y"),
    (r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$", "%Y-%m-%dT%H:%M:%S"),
    (r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$", "%Y-%m-%dT%H:%M"),
    (r"^\d{4}-\d{2}-\d{2}$", "%Y-%m-%d"),
)
_ZERO = r"^[0\s/.\-T:]+$"


def datetimes(text: pl.Series, *, day_first: bool = True, pivot: int = 30) -> Outcome:
    """Local wall-clock date-times; a date alone is midnight. Two-digit years up to ``pivot`` are 20xx.

    Times with a zone are turned into wall-clock time in London. A date whose
    'month' is above 12 is read the other way round and named as a problem.
    """
    text = text.cast(pl.String)
    quick = _quick(text, day_first)
    rest = text.is_not_null() & quick.is_null()
    if not rest.any():
        return Outcome(quick, pl.Series([None] * len(text), dtype=pl.String))
    if 2 * int(rest.sum()) > len(text):
        return _any_form(text, day_first, pivot)
    slow = _any_form(text.filter(rest), day_first, pivot)
    assert slow.problem is not None
    at = rest.arg_true()
    value = quick.scatter(at, slow.value)
    return Outcome(value, pl.Series([None] * len(text), dtype=pl.String).scatter(at, slow.problem))


def _quick(text: pl.Series, day_first: bool) -> pl.Series:
    """Date-times in the one form that the first cell has, when it is a usual one; null for the others."""
    first = text.drop_nulls().head(1).to_list()
    for pattern, form in _USUAL if day_first else _USUAL[2:]:
        if first and re.match(pattern, first[0]):
            shaped = pl.select(pl.when(text.str.contains(pattern)).then(text)).to_series()
            found = shaped.str.to_datetime(form, strict=False, time_unit="us")
            return pl.select(pl.when(found.dt.date().is_between(EARLIEST, LATEST)).then(found)).to_series()
    return pl.Series([None] * len(text), dtype=pl.Datetime("us"))


def _any_form(text: pl.Series, day_first: bool, pivot: int) -> Outcome:
    t = pl.col("t")
    a, b = t.str.extract(_DAY_FIRST, 1), t.str.extract(_DAY_FIRST, 2)
    day, month = (a, b) if day_first else (b, a)
    named_month = t.str.extract(_NAMED, 2).str.to_lowercase()
    frame = (
        pl.DataFrame({"t": text.cast(pl.String)})
        .select(
            t,
            pl.coalesce(
                t.str.extract(_YEAR_FIRST, 1),
                t.str.extract(_DAY_FIRST, 3),
                t.str.extract(_NAMED, 3),
                t.str.extract(_COMPACT, 1),
            ).alias("y"),
            pl.coalesce(
                t.str.extract(_YEAR_FIRST, 2),
                month,
                named_month.replace_strict(
                    _MONTHS, [str(i) for i in range(1, 13)], default=None, return_dtype=pl.String
                ),
                t.str.extract(_COMPACT, 2),
            )
            .cast(pl.Int32, strict=False)
            .alias("m"),
            pl.coalesce(
                t.str.extract(_YEAR_FIRST, 3), day, t.str.extract(_NAMED, 1), t.str.extract(_COMPACT, 3)
            )
            .cast(pl.Int32, strict=False)
            .alias("d"),
            pl.coalesce(t.str.extract(_YEAR_FIRST, 4), t.str.extract(_DAY_FIRST, 4), t.str.extract(_NAMED, 4))
            .str.strip_chars()
            .alias("time"),
        )
        .with_columns(
            pl.when(pl.col("y").str.len_chars() == 4)
            .then(pl.col("y").cast(pl.Int32, strict=False))
            .otherwise(_century(pl.col("y").cast(pl.Int32, strict=False), pivot))
            .alias("y"),
            ((pl.col("m") > 12) & (pl.col("d") <= 12) & ~t.str.contains(_YEAR_FIRST))
            .fill_null(False)
            .alias("turned"),
            pl.col("time").str.extract(_TIME, 1).cast(pl.Int32, strict=False).alias("H"),
            pl.col("time").str.extract(_TIME, 2).cast(pl.Int32, strict=False).alias("M"),
            pl.col("time").str.extract(_TIME, 3).cast(pl.Int32, strict=False).fill_null(0).alias("S"),
            pl.col("time").str.extract(_TIME, 4).str.to_lowercase().str.slice(0, 1).alias("ap"),
            pl.col("time").str.extract(_TIME, 5).alias("zone"),
        )
        .with_columns(
            pl.when("turned").then("d").otherwise("m").alias("m"),
            pl.when("turned").then("m").otherwise("d").alias("d"),
            pl.when((pl.col("ap") == "p") & (pl.col("H") < 12))
            .then(pl.col("H") + 12)
            .when((pl.col("ap") == "a") & (pl.col("H") == 12))
            .then(0)
            .otherwise(pl.col("H"))
            .alias("H"),
        )
        .with_columns(
            (
                (pl.col("time").fill_null("") != "")
                & ~((pl.col("H") <= 23) & (pl.col("M") <= 59)).fill_null(False)
            ).alias("bad_time")
        )
        .with_columns(_moment().alias("when"))
    )
    frame = _local(frame)
    absurd = ~pl.col("when").dt.date().is_between(EARLIEST, LATEST)
    present = t.is_not_null() & (t.str.strip_chars() != "")
    found = frame.select(
        pl.when(absurd).then(None).otherwise(pl.col("when")).alias("value"),
        pl.when(present & t.str.contains(_ZERO))
        .then(pl.lit("date_zero"))
        .when(present & pl.col("when").is_null())
        .then(
            pl.when(pl.col("d").is_not_null())
            .then(pl.lit("date_impossible"))
            .otherwise(pl.lit("date_unreadable"))
        )
        .when(absurd)
        .then(pl.lit("date_absurd"))
        .when(pl.col("turned"))
        .then(pl.lit("date_turned"))
        .when(pl.col("bad_time"))
        .then(pl.lit("time_unreadable"))
        .alias("problem"),
    )
    return Outcome(found["value"], found["problem"])


def _century(year: pl.Expr, pivot: int) -> pl.Expr:
    return pl.when(year <= pivot).then(year + 2000).otherwise(year + 1900)


def _moment() -> pl.Expr:
    """Return the date-time, or null where the day does not exist; written as text first because that refuses
    31 February.
    """
    day = (
        pl.col("y").cast(pl.String).str.zfill(4)
        + "-"
        + pl.col("m").cast(pl.String).str.zfill(2)
        + "-"
        + pl.col("d").cast(pl.String).str.zfill(2)
    ).str.to_date("%Y-%m-%d", strict=False)
    hour = pl.when("bad_time").then(0).otherwise(pl.col("H").fill_null(0))
    minute = pl.when("bad_time").then(0).otherwise(pl.col("M").fill_null(0))
    second = pl.when(pl.col("S") <= 59).then(pl.col("S")).otherwise(0)
    return day.cast(pl.Datetime("us")) + pl.duration(hours=hour, minutes=minute, seconds=second)


def _local(frame: pl.DataFrame) -> pl.DataFrame:
    """Wall-clock time in London for the few cells that carry a zone."""
    if frame["zone"].null_count() == frame.height:
        return frame
    sign = pl.when(pl.col("zone").str.starts_with("-")).then(-1).otherwise(1)
    digits = pl.col("zone").str.replace_all(r"[^0-9]", "")
    offset = sign * (
        digits.str.slice(0, 2).cast(pl.Int64, strict=False).fill_null(0) * 60
        + digits.str.slice(2, 2).cast(pl.Int64, strict=False).fill_null(0)
    )
    utc = (pl.col("when") - pl.duration(minutes=offset)).dt.replace_time_zone("UTC")
    local = utc.dt.convert_time_zone("Europe/London").dt.replace_time_zone(None)
    return frame.with_columns(
        pl.when(pl.col("zone").is_not_null()).then(local).otherwise("when").alias("when")
    )


#: Words about an age to (lowest, highest) as patterns: each gives two numbers or one number and a width.
_AGE_RANGE = r"(\d{1,3})\s*(?:-|–|to|/)\s*(\d{1,3})"
_AGE_OVER = r"(?:^|\s)(?:over|above|at least)\s*(\d{1,3})|(\d{1,3})\s*(?:\+|plus|and over|or over)"
_AGE_UNDER = r"(?:under|below|younger than)\s*(\d{1,3})"
_DECADE = r"(early|mid|late)?[\s\-]*(?:to[\s\-]*late[\s\-]*)?(\d)0\s*'?s\b"
_AROUND = (
    r"(?:approx(?:imately)?\.?|about|around|circa|ca?\.?|roughly|est(?:imated)?\.?|~|looks?|appears?)\s*"
    r"(?:age(?:d)?\s*)?(\d{1,3})|(\d{1,3})\s*(?:ish|\?|approx)"
)
_PLAIN = r"^(?:age(?:d)?[:\s]*)?(\d{1,3})(?:\s*(?:y(?:ea)?rs?|yo|y/o)(?:\s*old)?)?\.?$"
_WORDS: dict[str, tuple[int, int]] = {
    "child": (0, 13),
    "teenager": (13, 19),
    "teenage": (13, 19),
    "teens": (13, 19),
    "teen": (13, 19),
    "young adult": (18, 25),
    "adult": (18, OLDEST_AGE),
    "middle aged": (40, 65),
    "middle-aged": (40, 65),
    "elderly": (65, OLDEST_AGE),
    "pensioner": (65, OLDEST_AGE),
    "oap": (65, OLDEST_AGE),
    "early teens": (13, 15),
    "mid teens": (14, 17),
    "late teens": (16, 19),
    "youth": (13, 19),
    "young person": (13, 19),
    "student": (17, 25),
}
#: 'mid thirties' is read as 'mid 30s', 'forty five' as '45'.
_TENS = ("twent", "thirt", "fort", "fift", "sixt", "sevent", "eight", "ninet")
_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ["eighteen", "nineteen"]
_SPELT = {
    **{f"{ten}ies": f"{n}0s" for n, ten in enumerate(_TENS, 2)},
    **{
        f"{ten}y{j}{unit}": f"{n}{u}"
        for n, ten in enumerate(_TENS, 2)
        for j in (" ", "-")
        for u, unit in enumerate(_UNITS, 1)
    },
    **{f"{ten}y": f"{n}0" for n, ten in enumerate(_TENS, 2)},
    **{word: str(n) for n, word in enumerate(_TEENS, 18)},
}


def ages(text: pl.Series) -> tuple[Outcome, Outcome]:
    """Lowest and highest age in years that the words allow: 'approx 40' is 35 to 45, '30s' is 30 to 39."""
    t = pl.col("t").str.to_lowercase().str.strip_chars().str.replace_many(_SPELT, leftmost=True)
    number = pl.Int64

    def grab(pattern: str, group: int) -> pl.Expr:
        return t.str.extract(pattern, group).cast(number, strict=False)

    decade, part = grab(_DECADE, 2) * 10, t.str.extract(_DECADE, 1)
    over = pl.coalesce(grab(_AGE_OVER, 1), grab(_AGE_OVER, 2))
    around = pl.coalesce(grab(_AROUND, 1), grab(_AROUND, 2))
    plain, under = grab(_PLAIN, 1), grab(_AGE_UNDER, 1)
    one, two = grab(_AGE_RANGE, 1), grab(_AGE_RANGE, 2)
    word = list(_WORDS)
    low = pl.coalesce(
        one,
        decade
        + part.replace_strict(["early", "mid", "late"], [0, 3, 6], default=0, return_dtype=number).fill_null(
            0
        ),
        over,
        pl.when(under.is_not_null()).then(pl.lit(0, number)),
        around - AROUND,
        plain - NEAR,
        t.replace_strict(word, [_WORDS[w][0] for w in word], default=None, return_dtype=number),
    )
    high = pl.coalesce(
        two,
        decade
        + part.replace_strict(["early", "mid", "late"], [4, 7, 9], default=9, return_dtype=number).fill_null(
            9
        ),
        pl.when(over.is_not_null()).then(pl.lit(OLDEST_AGE, number)),
        under - 1,
        around + AROUND,
        plain + NEAR,
        t.replace_strict(word, [_WORDS[w][1] for w in word], default=None, return_dtype=number),
    )
    frame = pl.DataFrame({"t": text.cast(pl.String)}).select(
        t.alias("t"), low.clip(0).alias("low"), high.alias("high")
    )
    bad = (pl.col("high") > OLDEST_AGE) | (pl.col("low") > pl.col("high"))
    found = frame.select(
        pl.when(~bad).then("low").alias("low"),
        pl.when(~bad).then("high").alias("high"),
        pl.when(bad)
        .then(pl.lit("age_absurd"))
        .when(
            pl.col("t").is_not_null()
            & (pl.col("t") != "")
            & pl.col("low").is_null()
            & ~pl.col("t").is_in(
                ["unknown", "unk", "not known", "not stated", "nk", "n/k", "u/k", "n/a", "-", "?"]
            )
        )
        .then(pl.lit("age_unreadable"))
        .alias("problem"),
    )
    return Outcome(found["low"], found["problem"]), Outcome(found["high"])


def looks_like_date(text: pl.Series) -> pl.Series:
    """Tell whether each cell has the shape of a date rather than of an age."""
    return (
        text.cast(pl.String).str.contains(rf"{_DAY_FIRST}|{_YEAR_FIRST}|{_NAMED}|{_COMPACT}").fill_null(False)
    )
