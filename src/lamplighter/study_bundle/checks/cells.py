"""Cells to the kinds of the schema. What cannot be read is set aside or leaves the row out, and is said."""

from __future__ import annotations

import re

import polars as pl

from lamplighter.records.canonical.dates import datetimes
from lamplighter.records.mapping.mappings import plain_code
from lamplighter.study_bundle.checks.table_work import TableWork
from lamplighter.study_bundle.schema import POLARS_TYPES, Column, Table

LONGEST = 200  # characters of a text; free text has no place in a bundle
_CUT = 20 * LONGEST
_LONDON = "Europe/London"
_YES_NO = {"TRUE": "yes", "FALSE": "no", "Y": "yes", "N": "no", "1": "yes", "0": "no"}
_IDENTIFYING = (
    r"@|^(?:\+44|0)[0-9 ]{9,}$|^[A-Z][a-z]+(?:[ '-][A-Z][a-z]+)+$|^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$"
    r"|^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}$"
)


def typed(given: pl.DataFrame, table: Table, midnight: frozenset[str] | None = None) -> TableWork:
    """The rows with every column of the table in its kind; missing columns are null.

    ``midnight``: columns of times that are all at midnight, when ``given`` is a part of its table and cannot
    know. A column as read is let go as soon as it is typed, if nobody else holds ``given``.
    """
    hidden = ["_file", "_row"]
    blank = [
        pl.lit(None, POLARS_TYPES[c.kind]).alias(c.name)
        for c in table.columns.values()
        if c.name not in given.columns
    ]
    columns = given.columns
    work = TableWork(table, given.with_columns(blank).select(*table.columns, *hidden))
    del given
    # The precision that a force gives is read before the moment it belongs to.
    for column in sorted(table.columns.values(), key=lambda c: c.kind == "moment"):
        if column.name in columns:
            value = work.frame[column.name]
            if value.null_count() == len(value):  # an event fills few columns: the others are silent
                silent = pl.Series([None], dtype=POLARS_TYPES[column.kind])
                _put(work, column.name, silent.new_from_index(0, len(value)))
                continue
            value = stripped(value)
            if column.kind == "moment":
                _moment(work, column, value, None if midnight is None else column.name in midnight)
            else:
                _cell(work, column, value)
    for column in table.columns.values():
        if column.required and work.frame[column.name].null_count():
            work.note(pl.col(column.name).is_null(), "required_empty", column.name)
    return work


def stripped(value: pl.Series) -> pl.Series:
    """Categories and enumerations as text, text stripped, blanks as null."""
    if value.dtype in (pl.Categorical, pl.Enum):
        value = value.cast(pl.String)
    if value.dtype == pl.Null:
        return value.cast(pl.String)
    if value.dtype == pl.String:
        if (value.str.len_bytes() > _CUT).any():
            value = value.str.slice(0, _CUT)  # far beyond any cell: still too long, and no longer slow
        stripped = value.str.strip_chars(" \t\r\n\u00a0\ufeff\u200b")
        return pl.select(pl.when(stripped != "").then(stripped)).to_series().alias(value.name)
    return value


def _cell(work: TableWork, column: Column, value: pl.Series) -> None:
    read = {
        "text": _text,
        "code": _code,
        "codes": _codes,
        "date": _date,
        "integer": _number,
        "number": _number,
    }[column.kind]
    read(work, column, value)


def _put(work: TableWork, name: str, value: pl.Series) -> None:
    work.frame = work.frame.with_columns(value.alias(name))


def _worse(column: Column, problem: str) -> str:
    return f"{problem}_required" if column.required else problem


def as_text(value: pl.Series) -> pl.Series:
    """Cells as text; what has no plain text becomes one that no column can be."""
    if value.dtype == pl.String:
        return value
    if isinstance(value.dtype, pl.List | pl.Array | pl.Struct):
        return pl.select(pl.when(value.is_not_null()).then(pl.lit("\x00"))).to_series()
    if value.dtype.is_float():
        whole = (value == value.round(0)) & (value.abs() < 1e15)
        words = value.cast(pl.String)
        return pl.select(
            pl.when(whole).then(value.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(words)
        ).to_series()
    return value.cast(pl.String, strict=False)


def _text(work: TableWork, column: Column, value: pl.Series) -> None:
    text = as_text(value)
    _put(work, column.name, text)
    work.note(text.str.len_chars() > LONGEST, _worse(column, "text_too_long"), column.name)
    work.note(text == "\x00", _worse(column, "code_unknown"), column.name)
    if column.identity:
        work.note(text.str.contains(_IDENTIFYING), "looks_identifying", column.name)


def _code(work: TableWork, column: Column, value: pl.Series) -> None:
    text = as_text(value)
    code, lost = coded(text, column.allowed)
    _put(work, column.name, code)
    work.note(lost, _worse(column, "code_unknown"), column.name)


def coded(text: pl.Series, allowed: frozenset[str]) -> tuple[pl.Series, pl.Series]:
    """Codes of a set for text that names one, whatever its case and punctuation, and where that failed."""
    right = text.is_in(pl.Series(sorted(allowed)).implode()).fill_null(False)
    rest = text.is_not_null() & ~right
    if not rest.any():
        return text, rest
    forms = {plain_code(c): c for c in sorted(allowed)}
    if {"yes", "no"} <= allowed:
        forms = _YES_NO | forms
    distinct = text.filter(rest).unique().to_list()
    known = {t: forms[p] for t in distinct if (p := plain_code(t[:LONGEST])) in forms}
    mended = text.replace_strict(known, default=None, return_dtype=pl.String)
    code = pl.select(pl.when(right).then(text).otherwise(mended)).to_series()
    return code, rest & code.is_null()


def _codes(work: TableWork, column: Column, value: pl.Series) -> None:
    """Several codes: a list, or text parted by semicolons. Which ones are allowed the kind of event says."""
    if isinstance(value.dtype, pl.List) and value.dtype.inner == pl.String:
        listed = value
        lost = pl.Series([False] * len(value), dtype=pl.Boolean)
    else:
        text = as_text(value)
        lost = (text == "\x00") | (text.str.len_chars() > 10 * LONGEST)
        listed = pl.select(pl.when(~lost).then(text)).to_series().str.split(";")
    cleaned = listed.list.eval(
        pl.element().str.strip_chars().str.to_lowercase().filter(pl.element().str.strip_chars() != "")
    )
    kept = pl.select(pl.when(cleaned.list.len() > 0).then(cleaned)).to_series()
    _put(work, column.name, kept.cast(pl.List(pl.String)))
    work.note(lost, "code_unknown", column.name)


def _moment(work: TableWork, column: Column, value: pl.Series, midnight: bool | None) -> None:
    when, precision, turned = moments(value, midnight)
    _put(work, column.name, when)
    if column.precision:
        said = work.frame[column.precision]
        # The precision that the force gives stands; where it gives none, how the value is written says it.
        _put(work, column.precision, pl.select(pl.coalesce(said.cast(pl.String), precision)).to_series())
    lost = value.is_not_null() & when.is_null()
    work.note(lost, _worse(column, "date_unreadable"), column.name)
    work.note(turned, "date_turned", column.name)


def _date(work: TableWork, column: Column, value: pl.Series) -> None:
    when, _, turned = moments(value)
    _put(work, column.name, when.dt.date())
    work.note(value.is_not_null() & when.is_null(), _worse(column, "date_unreadable"), column.name)
    work.note(turned, "date_turned", column.name)


def moments(value: pl.Series, midnight: bool | None = None) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Times (local wall clock, to the microsecond), how well each is known, and whether day and month were
    turned round. Null where there is none or it cannot be read.

    Times that are all at midnight are known to the day; ``midnight`` says it of the column of which these are
    a part.
    """
    no = pl.Series([False] * len(value), dtype=pl.Boolean)
    if value.dtype == pl.Date:
        when = value.cast(pl.Datetime("us"))
        return _plausible(when), _said(when, "day"), no
    if isinstance(value.dtype, pl.Datetime):
        when = _local(value)
        whole = at_midnight(value) if midnight is None else midnight
        return _plausible(when), _said(when, "day" if whole else "minute"), no
    text = as_text(value)
    day = text.str.to_datetime("%Y-%m-%d", strict=False, time_unit="us")
    minute = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us")
    short = pl.select(pl.when(text.str.contains(r"^\d{4}-\d{2}$")).then(text + "-01")).to_series()
    month = short.str.to_datetime("%Y-%m-%d", strict=False, time_unit="us")
    only = pl.select(pl.when(text.str.contains(r"^(?:19|20)\d{2}$")).then(text + "-01-01")).to_series()
    year = only.str.to_datetime("%Y-%m-%d", strict=False, time_unit="us")
    rest = text.is_not_null() & pl.select(pl.coalesce(day, minute, month, year)).to_series().is_null()
    slow = pl.Series([None] * len(text), dtype=pl.Datetime("us"))
    turned = no
    if rest.any():
        shaped = text.str.contains(r"\d") & (text.str.len_chars() <= 60)
        out = datetimes(pl.select(pl.when(rest & shaped).then(text)).to_series())
        slow = out.value.cast(pl.Datetime("us"))
        if out.problem is not None:
            turned = (out.problem == "date_turned").fill_null(False)
    timed = text.str.contains(r"\d[:.hH]\d{2}|\d{4}\s+\d{4}$") & (slow.dt.truncate("1d") != slow).fill_null(
        True
    )
    when = pl.select(pl.coalesce(day, minute, month, year, slow)).to_series()
    precision = pl.select(
        pl.when(year.is_not_null())
        .then(pl.lit("year"))
        .when(month.is_not_null())
        .then(pl.lit("month"))
        .when(minute.is_not_null() | (slow.is_not_null() & timed))
        .then(pl.lit("minute"))
        .when(when.is_not_null())
        .then(pl.lit("day"))
    ).to_series()
    return _plausible(when), precision, turned


def _local(value: pl.Series) -> pl.Series:
    zoned = isinstance(value.dtype, pl.Datetime) and value.dtype.time_zone
    local = value.dt.convert_time_zone(_LONDON).dt.replace_time_zone(None) if zoned else value
    return local.cast(pl.Datetime("us"))


def at_midnight(value: pl.Series) -> bool:
    """Tell whether dates or times are all at midnight, in London."""
    there = _local(value).drop_nulls()
    return bool((there == there.dt.truncate("1d")).all())


def _said(when: pl.Series, precision: str) -> pl.Series:
    return pl.select(pl.when(when.is_not_null()).then(pl.lit(precision))).to_series()


def _plausible(when: pl.Series) -> pl.Series:
    """Times between 1900 and 2100; others are no dates of a police record."""
    return pl.select(pl.when(when.dt.year().is_between(1900, 2099)).then(when)).to_series()


_WHOLE = re.compile(r"^-?\d{1,15}(?:\.0+)?$")
_NUMBER = re.compile(r"^-?\d{1,15}(?:\.\d{1,15})?(?:[eE][+-]?\d{1,2})?$")


def _number(work: TableWork, column: Column, value: pl.Series) -> None:
    whole = column.kind == "integer"
    if value.dtype.is_integer() and value.dtype not in (pl.Int128, pl.UInt64):
        number = value.cast(POLARS_TYPES[column.kind])
    else:
        text = as_text(value).str.replace_all(r"(\d),(\d{3})", "${1}${2}").str.replace(r"\s*%$", "")
        shaped = text.str.contains((_WHOLE if whole else _NUMBER).pattern)
        clean = pl.select(pl.when(shaped).then(text)).to_series()
        floats = clean.cast(pl.Float64, strict=False)
        number = floats.cast(pl.Int64, strict=False) if whole else floats
        if not whole and value.dtype == pl.String:
            # 17.00 is printed to the hundredth, which the number does not say any more.
            places = text.str.extract(r"\.(\d+)$").fill_null("").str.len_chars()
            _put(work, f"_{column.name}_decimals", places.cast(pl.Int64))
    _put(work, column.name, number)
    work.note(value.is_not_null() & number.is_null(), "number_unreadable", column.name)
    if column.least is not None and column.most is not None:
        work.note(~number.is_between(column.least, column.most), "number_outside", column.name)
