"""Return what somebody measures, and other numbers, as whole numbers of which two that are nearly the same
lie no more than two apart."""

from __future__ import annotations

import polars as pl

from lamplighter.linkage_tables.headings import document, words

_FEET = (
    r"(?i)^(\d)\s*(?:'|’|′|´|f(?:ee|oo)?t\.?|-)\s*(\d{1,2})?\s*[¼½¾]?(?:\.\d+)?"
    r"""\s*(?:"|''|”|″|in\w*\.?)?$"""
)
_RUN_TOGETHER = r"^([4-6])(0\d|1[01])$"
"""'510' is five feet ten, as police write it: nobody measures 510 of anything else."""
_ONE_NUMBER = r"(?i)^(\d{1,3}(?:[.,]\d+)?)\s*(?:cms?|m|metres?|meters?|mtrs?|in|ins|inches)?\.?$"
_INCH = 2.54
_INCHES, _CENTIMETRES, _METRES = (36, 90), (91, 240), (0.9, 2.4)
"""What heights of people are in each, so that a number without a unit tells which."""
_FINE = 20
"""What lies in the middle of a column of decimals is so many units wide at the least: heights in metres would
all be 2."""
_DECIMALS = 4


def in_inches(values: pl.Series) -> pl.Series:
    """Heights in whole inches, from feet and inches, centimetres or metres: null where a value is none, and
    everywhere where the heading does not say that they are heights. An inch is as fine as people are
    measured, and as what is told in feet can be."""
    if not set(document()["heights"]["headings"]) & set(words(values.name)):
        return pl.Series(values.name, [None], dtype=pl.Int64()).new_from_index(0, len(values))
    texts = values.cast(pl.String()).str.strip_chars()
    parts = texts.str.extract_groups(_FEET).struct
    run = texts.str.extract_groups(_RUN_TOGETHER).struct
    one = texts.str.extract(_ONE_NUMBER).str.replace(",", ".", literal=True).cast(pl.Float64())
    told = pl.DataFrame(
        {"f": parts.field("1"), "i": parts.field("2"), "rf": run.field("1"), "ri": run.field("2"), "n": one}
    ).with_columns(pl.col("f", "i", "rf", "ri").cast(pl.Float64()))
    number = pl.col("n")
    inches = pl.coalesce(
        pl.col("f") * 12 + pl.col("i").fill_null(0),
        pl.col("rf") * 12 + pl.col("ri"),
        pl.when(number.is_between(*_INCHES))
        .then(number)
        .when(number.is_between(*_CENTIMETRES))
        .then(number / _INCH)
        .when(number.is_between(*_METRES))
        .then(number * 100 / _INCH),
    )
    whole = inches.round(0).cast(pl.Int64())
    return told.select(whole.alias(values.name)).to_series()


def numbers(values: pl.Series) -> pl.Series:
    """Numbers as whole ones: heights in inches, and others with as many decimals as tell them apart."""
    inches = in_inches(values)
    if inches.null_count() < len(inches):
        return inches
    given = values.cast(pl.Float64(), strict=False).fill_nan(None)
    low, high = given.quantile(0.05), given.quantile(0.95)
    wide = (high or 0.0) - (low or 0.0)
    places = next((p for p in range(_DECIMALS) if wide * 10**p >= _FINE), _DECIMALS) if wide else 0
    scale = float(10 ** (0 if (given == given.round(0)).all() else places))
    return (given * scale).round(0).cast(pl.Int64(), strict=False)
