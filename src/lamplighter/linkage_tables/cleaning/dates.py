"""Read dates in whichever ways a table writes them."""

from __future__ import annotations

import datetime as dt

import polars as pl

from lamplighter.linkage.features.names import folded

_MONTHS = {
    "01": ("jan", "ene", "gen", "sty", "янв"),
    "02": ("feb", "fev", "lut", "fbr", "фев"),
    "03": ("mar", "mrz", "mrt", "maa", "mae", "мар"),
    "04": ("apr", "avr", "abr", "kwi", "апр"),
    "05": ("may", "mai", "mei", "mag", "maj", "мая", "маи"),
    "06": ("jun", "juin", "giu", "cze", "июн"),
    "07": ("jul", "juil", "lug", "lip", "июл"),
    "08": ("aug", "aou", "ago", "sie", "авг"),
    "09": ("sep", "set", "wrz", "сен"),
    "10": ("oct", "okt", "ott", "out", "paz", "окт"),
    "11": ("nov", "lis", "ноя"),
    "12": ("dec", "dez", "dic", "gru", "дек"),
}
"""How the months begin in English, German, French, Spanish, Italian, Portuguese, Polish, Dutch and Russian,
without accents."""
_NUMBER_OF = {begin: number for number, begins in _MONTHS.items() for begin in begins}
_MONTH = rf"(?<m>{'|'.join(sorted(_NUMBER_OF, key=lambda b: (-len(b), b)))})\p{{L}}*\.?"
_DAY = r"(?<d>\d{1,2})(?:st|nd|rd|th|er)?\.?"
_WEEKDAY = r"(?i)^(?:[a-z]{2,10}[.,]* +)?"
_BETWEEN = r"[-/ ,.]*(?:(?:of|de) +)?"
_TIME = r"(?:[T ,].*)?$"
_DATES = (
    r"^(?<y>\d{4})[-/. ](?<m>\d{1,2})[-/. ](?<d>\d{1,2})(?:\D|$)",
    r"^(?<y>(?:18|19|20)\d{2})(?<m>[01]\d)(?<d>[0-3]\d)(?:\.0*)?$",
    r"^(?<d>\d{1,2})[-/. ](?<m>\d{1,2})[-/. ](?<y>\d{4})(?:\D|$)",
    r"^(?<m>\d{1,2})[-/. ](?<d>\d{1,2})[-/. ](?<y>\d{4})(?:\D|$)",
    # A nought before them is lost where a program takes them for numbers.
    r"^(?<d>[0-3]?\d)(?<m>[01]\d)(?<y>(?:18|19|20)\d{2})(?:\.0*)?$",
    r"^(?<m>[01]?\d)(?<d>[0-3]\d)(?<y>(?:18|19|20)\d{2})(?:\.0*)?$",
    r"^(?<d>\d{1,2})[-/. ](?<m>\d{1,2})[-/. ](?<y>\d{2})$",
    r"^(?<m>\d{1,2})[-/. ](?<d>\d{1,2})[-/. ](?<y>\d{2})$",
    r"^(?<y>\d{4}) ?[年년] ?(?<m>\d{1,2}) ?[月월] ?(?<d>\d{1,2})(?:\D|$)",
    rf"{_WEEKDAY}{_DAY}{_BETWEEN}{_MONTH}{_BETWEEN}(?<y>\d{{4}}|\d{{2}}){_TIME}",
    rf"{_WEEKDAY}{_MONTH}{_BETWEEN}{_DAY}[-/ ,.]+(?<y>\d{{4}}){_TIME}",
)
YEAR = r"^(?:\d{1,2}[-/. ])?((?:18|19|20)\d{2})(?:\.0*|[-/. ]\d{1,2})?$"
"""A year, alone or with a month, where births are told."""
_SHORTEST = (
    r"^(?<d>[0-3]\d)(?<m>[01]\d)(?<y>\d{2})$",
    r"^(?<y>\d{2})(?<m>[01]\d)(?<d>[0-3]\d)$",
    r"^(?<m>[01]\d)(?<d>[0-3]\d)(?<y>\d{2})$",
)
"""Six digits are a date where nearly all of a column can be read in one of these ways."""
_AROUND = r"""^[\s='"]+|[\s'"]+$"""
"""What spreadsheets write around a text that shall stay one."""
_PARTED = r"\s*([/.-])\s*"
_READ_AS_DIGITS = {"o": "0", "O": "0", "l": "1", "I": "1", "|": "1", "s": "5", "S": "5", "B": "8"}
_DIGITS = r"^[\d/. -]+$"
_YOUNGEST = 30
"""A year of two digits up to this one is of this century."""
_SERIAL = r"^[1-5]\d{4}(?:\.0*)?$"
"""A day as spreadsheets number it, from 1927 on."""
_SERIAL_BEGINS = dt.date(1899, 12, 30)
_NEARLY_ALL = 0.9


def dated(values: pl.Series) -> pl.Series:
    """Dates as 'YYYY-MM-DD', in whichever ways they are written; a day that there is not stays as it is
    written, and what is no date is nothing.

    One column may have dates of several systems. Where a day and a month could change places, the order is
    that which reads most of the column as days that there are. In a column of hardly anything but dates and
    numbers of five digits these are the days of a spreadsheet.
    """
    if values.dtype in (pl.Date, pl.Datetime):
        return values.dt.to_string("%Y-%m-%d")
    texts = values.cast(pl.String())
    distinct = texts.unique().drop_nulls()
    read = _read_dates(distinct.str.strip_chars())
    if (read == distinct).all(ignore_nulls=False):
        return texts
    return texts.replace_strict(distinct, read, default=None, return_dtype=pl.String())


def is_day(dates: pl.Series) -> pl.Series:
    """Tell whether each of some dates, as :func:`dated` gives them, is a day that there is."""
    return dates.str.to_date("%Y-%m-%d", strict=False).is_not_null()


def _read_dates(texts: pl.Series) -> pl.Series:
    """Distinct texts as dates."""
    if not len(texts):
        return texts
    serial = texts.str.contains(_SERIAL)
    numbered, rest = serial.arg_true(), (~serial).arg_true()
    written = _read_written(texts.gather(rest))
    all_days = int(is_day(written).sum()) >= _NEARLY_ALL * len(rest)
    if not len(numbered) or not (all_days or 2 * len(numbered) > len(texts)):
        return texts.clear(len(texts)).scatter(rest, written)
    days = _days_after(_SERIAL_BEGINS, texts.gather(numbered).str.extract(r"^(\d+)").cast(pl.Int64()))
    return texts.clear(len(texts)).scatter(rest, written).scatter(numbered, days)


def _days_after(first: dt.date, numbers: pl.Series) -> pl.Series:
    days = pl.lit(first) + pl.duration(days=pl.col("n"))
    return numbers.to_frame("n").select(d=days.dt.to_string("%Y-%m-%d"))["d"]


def _read_written(texts: pl.Series) -> pl.Series:
    """Distinct texts as dates: each way of writing in turn, that which reads most of them first."""
    # What begins with a year, is a day and nothing else can be read in no other way.
    first = _read_as(_DATES[0], texts)
    plain = is_day(first) & texts.str.contains(_DIGITS)
    if plain.all():
        return first
    rest = (~plain).arg_true()
    return first.scatter(rest, _read_mixed(texts.gather(rest)))


def _read_mixed(texts: pl.Series) -> pl.Series:
    """Return the same of texts that are written in many ways."""
    texts = texts.str.replace_all(_AROUND, "").str.replace_all("\\", "/", literal=True)
    texts = texts.str.replace_all(_PARTED, "$1")
    digits = texts.str.replace_many(_READ_AS_DIGITS)
    plain = pl.Series([folded(t) for t in texts], dtype=pl.String())
    tidy = pl.DataFrame({"t": plain, "d": digits}).select(
        # Letters are digits read badly only where all else is digits.
        t=pl.when(pl.col("d").str.contains(_DIGITS)).then("d").otherwise("t")
    )["t"]
    ways = [_read_as(pattern, tidy) for pattern in _DATES]
    there = [is_day(way) for way in ways]
    for way in (_read_as(pattern, tidy) for pattern in _SHORTEST):
        read = is_day(way)
        if int(read.sum()) >= _NEARLY_ALL * len(texts):
            ways.append(way)
            there.append(read)
    order = sorted(range(len(ways)), key=lambda i: (-int(there[i].sum()), i))
    made = pl.DataFrame({f"w{i}": ways[i] for i in order} | {f"t{i}": there[i] for i in order})
    read_as = [pl.when(f"t{i}").then(f"w{i}") for i in order]
    return made.select(t=pl.coalesce(*read_as, *(f"w{i}" for i in order)))["t"]


def _read_as(pattern: str, texts: pl.Series) -> pl.Series:
    parts = texts.str.extract_groups(pattern)
    frame = pl.DataFrame({k: parts.struct.field(k) for k in ("y", "m", "d")})
    month = pl.col("m").str.to_lowercase().replace(_NUMBER_OF).str.zfill(2)
    short = pl.col("y").cast(pl.Int64(), strict=False)
    year = (
        pl.when(pl.col("y").str.len_chars() > 2)
        .then("y")
        .otherwise(pl.format("{}", pl.when(short <= _YOUNGEST).then(short + 2000).otherwise(short + 1900)))
    )
    return frame.select(t=pl.concat_str(year, month, pl.col("d").str.zfill(2), separator="-"))["t"]
