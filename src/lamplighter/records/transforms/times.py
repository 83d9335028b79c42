"""Transforms of dates and of the span in which something happened."""

from __future__ import annotations

import polars as pl

from lamplighter.records.canonical.dates import datetimes
from lamplighter.records.canonical.outcome import Outcome
from lamplighter.records.transforms.registry import Options, transform


@transform("datetime")
def one_datetime(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """A local date and time in any usual form; day before month unless `day_first` is false."""
    return [datetimes(columns[0], day_first=options.given.get("day_first", True))]


@transform("date")
def one_date(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """A date in any usual form; a time behind it is dropped."""
    found = datetimes(columns[0], day_first=options.given.get("day_first", True))
    return [Outcome(found.value.cast(pl.Date), found.problem)]


@transform("span", outputs=3)
def span(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """Earliest time, latest time and how well they are known, from an earliest and a latest column, or from
    one column where there is no other.
    """
    day_first = options.given.get("day_first", True)
    if len(columns) == 1:
        columns = [columns[0], pl.Series([None] * len(columns[0]), dtype=pl.String)]
    start, end = (datetimes(c, day_first=day_first) for c in columns[:2])
    has_time = [c.str.contains(r"\d[:.]\d\d|T\d|\s\d{4}$").fill_null(False) for c in columns[:2]]
    frame = pl.DataFrame(
        {
            "s": start.value,
            "e": end.value,
            "st": has_time[0],
            "et": has_time[1],
            "sp": start.problem,
            "ep": end.problem,
        }
    )
    turned = (pl.col("e") < pl.col("s")).fill_null(False)
    frame = frame.with_columns(
        pl.when(turned).then("e").otherwise("s").alias("s"),
        pl.when(turned).then("s").otherwise("e").alias("e"),
        pl.coalesce("sp", "ep", pl.when(turned).then(pl.lit("times_turned"))).alias("p"),
    )
    same_day = pl.col("s").dt.date() == pl.col("e").dt.date()
    whole_day = same_day & ~(pl.col("st") | pl.col("et"))
    all_day = same_day & (pl.col("s").dt.time() == pl.time(0, 0)) & (pl.col("e").dt.time() >= pl.time(23, 59))
    one = pl.col("s").is_null() != pl.col("e").is_null()
    frame = frame.select(
        pl.coalesce("s", "e").alias("s"),
        pl.coalesce("e", "s").alias("e"),
        pl.when(pl.col("s").is_null() & pl.col("e").is_null())
        .then(pl.lit("not_known"))
        .when(whole_day | all_day | (one & ~(pl.col("st") | pl.col("et"))))
        .then(pl.lit("day"))
        .when(one | (pl.col("s") == pl.col("e")))
        .then(pl.lit("exact"))
        .otherwise(pl.lit("range"))
        .alias("k"),
        "p",
    )
    return [Outcome(frame["s"], frame["p"]), Outcome(frame["e"]), Outcome(frame["k"])]
