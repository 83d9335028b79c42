"""Dates in whichever ways a table writes them."""

from __future__ import annotations

import polars as pl

_DATES = (
    r"^(?<y>\d{4})[-/. ](?<m>\d{1,2})[-/. ](?<d>\d{1,2})(?:\D|$)",
    r"^(?<y>(?:18|19|20)\d{2})(?<m>[01]\d)(?<d>[0-3]\d)(?:\.0*)?$",
    r"^(?<d>\d{1,2})[-/. ](?<m>\d{1,2})[-/. ](?<y>\d{4})(?:\D|$)",
    r"^(?<m>\d{1,2})[-/. ](?<d>\d{1,2})[-/. ](?<y>\d{4})(?:\D|$)",
    r"^(?<d>[0-3]\d)(?<m>[01]\d)(?<y>(?:18|19|20)\d{2})$",
    r"^(?<m>[01]\d)(?<d>[0-3]\d)(?<y>(?:18|19|20)\d{2})$",
    r"^(?<d>\d{1,2})[-/. ](?<m>\d{1,2})[-/. ](?<y>\d{2})$",
    r"^(?<m>\d{1,2})[-/. ](?<d>\d{1,2})[-/. ](?<y>\d{2})$",
    r"(?i)^(?<d>\d{1,2})(?:st|nd|rd|th)?[-/ ,]*(?<m>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
    r"[-/ ,]*(?<y>\d{4}|\d{2})$",
    r"(?i)^(?<m>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-/ ,]*(?<d>\d{1,2})(?:st|nd|rd|th)?"
    r"[-/ ,]+(?<y>\d{4})$",
)
_MONTHS = {
    "jan": "01", "feb": "02", "mar": "03", "apr": "04", "may": "05", "jun": "06",
    "jul": "07", "aug": "08", "sep": "09", "oct": "10", "nov": "11", "dec": "12",
}  # fmt: skip
_READ_AS_DIGITS = {"o": "0", "O": "0", "l": "1", "I": "1", "|": "1", "s": "5", "S": "5", "B": "8"}
_YOUNGEST = 30
"""A year of two digits up to this one is of this century."""


def dated(values: pl.Series) -> pl.Series:
    """Dates as 'YYYY-MM-DD', in whichever ways they are written; a wrong date stays as it is written.

    One column may have dates of several systems. Where a day and a month could change places, the order is
    that which reads most of the column as days that there are.
    """
    if values.dtype in (pl.Date, pl.Datetime):
        return values.dt.to_string("%Y-%m-%d")
    distinct = values.cast(pl.String()).str.strip_chars().unique().drop_nulls().sort()
    read = dict(zip(distinct, _read_dates(distinct), strict=True))
    return (
        values.cast(pl.String())
        .str.strip_chars()
        .replace_strict(read, default=None, return_dtype=pl.String())
    )


def _read_dates(texts: pl.Series) -> pl.Series:
    """Distinct texts as dates: each way of writing in turn, that which reads most of them first."""
    digits = texts.str.replace_many(_READ_AS_DIGITS)
    tidy = pl.DataFrame({"t": texts, "d": digits}).select(
        # Letters are digits read badly only where all else is digits.
        t=pl.when(pl.col("d").str.contains(r"^[\d/. -]+$")).then("d").otherwise("t")
    )["t"]
    ways = [_read_as(pattern, tidy) for pattern in _DATES]
    there = [way.str.to_date("%Y-%m-%d", strict=False).is_not_null() for way in ways]
    order = sorted(range(len(ways)), key=lambda i: (-int(there[i].sum()), i))
    made = pl.DataFrame({f"w{i}": ways[i] for i in order} | {f"t{i}": there[i] for i in order})
    days = [pl.when(f"t{i}").then(f"w{i}") for i in order]
    return made.select(t=pl.coalesce(*days, *(f"w{i}" for i in order)))["t"]


def _read_as(pattern: str, texts: pl.Series) -> pl.Series:
    parts = texts.str.extract_groups(pattern)
    frame = pl.DataFrame({k: parts.struct.field(k) for k in ("y", "m", "d")})
    month = pl.col("m").str.to_lowercase().replace(_MONTHS).str.zfill(2)
    short = pl.col("y").cast(pl.Int64(), strict=False)
    year = (
        pl.when(pl.col("y").str.len_chars() > 2)
        .then("y")
        .otherwise(pl.format("{}", pl.when(short <= _YOUNGEST).then(short + 2000).otherwise(short + 1900)))
    )
    return frame.select(t=pl.concat_str(year, month, pl.col("d").str.zfill(2), separator="-"))["t"]
