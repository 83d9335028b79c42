"""Choose the reports of an export, and fill the columns that the bundle has for each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import polars as pl

from lamplighter.hub.insight.export.held import Held
from lamplighter.vocabulary.codes import code_set

STALKING = "stalking"
#: Recorded as one of these, a report is an allegation of stalking or harassment.
ALLEGATIONS = (STALKING, "harassment")
LONDON = "Europe/London"


def timed(held: Held) -> pl.DataFrame:
    """Every report with ``start`` (local wall-clock) and ``precision``.

    The hub is not told when an agency recorded a report: the clock starts when the agency was told, and where
    that is not known, on the day on which the hub received the report.
    """
    received = pl.col("received_at").dt.convert_time_zone(LONDON).dt.replace_time_zone(None).dt.truncate("1d")
    told = pl.col("reported_at").dt.truncate("1m")
    midnight = told == told.dt.truncate("1d")
    return held.reports.with_columns(
        start=pl.coalesce(told, received),
        # A system that knows the day alone sends midnight.
        precision=pl.when(told.is_null() | midnight).then(pl.lit("day")).otherwise(pl.lit("minute")),
    )


def with_people(held: Held, reports: pl.DataFrame) -> pl.DataFrame:
    """Adds ``victim_id``, ``suspect_id`` (the hub's persons), their ages and bands, ``further_suspects``,
    ``relationship``, ``suspect_named_here``.

    A suspect is named when a record of that person, in this report or another, has a surname.
    """
    ever = held.people.group_by("person_id").agg(named_ever=pl.col("named").any())
    people = held.people.filter(pl.col("person_id").is_not_null()).join(
        ever, on="person_id", how="left", maintain_order="left"
    )
    victims = people.filter(pl.col("role") == "victim").unique(
        "version_id", keep="first", maintain_order=True
    )
    suspects = people.filter(pl.col("role") == "suspect").sort(
        "version_id",
        pl.col("named_ever"),
        pl.col("named"),
        "record_id",
        descending=[False, True, True, False],
    )
    main = suspects.unique("version_id", keep="first", maintain_order=True)
    others = suspects.filter("named_ever").group_by("version_id").agg(named=pl.col("person_id").n_unique())
    out = (
        reports.join(_side(victims, "victim"), left_on="id", right_on="version_id", how="left")
        .join(_side(main, "suspect"), left_on="id", right_on="version_id", how="left")
        .join(others, left_on="id", right_on="version_id", how="left")
    )
    out = out.with_columns(
        suspect_id=pl.when("suspect_named_ever").then("suspect_id"),
        further_suspects=pl.max_horizontal(pl.col("named").fill_null(0) - 1, pl.lit(0)).cast(pl.Int64),
        relationship=pl.col("suspect_relationship"),
        suspect_named_here=pl.col("suspect_named").fill_null(value=False),
    )
    for side in ("victim", "suspect"):
        out = _aged(out, side)
    return out.sort("report_id")


def _side(people: pl.DataFrame, side: str) -> pl.DataFrame:
    kept = ("named", "named_ever", "relationship", "birth_date", "age_from", "age_to")
    return people.select(
        "version_id", pl.col("person_id").alias(f"{side}_id"), *(pl.col(c).alias(f"{side}_{c}") for c in kept)
    )


def _aged(reports: pl.DataFrame, side: str) -> pl.DataFrame:
    """Whole years at the report from the date of birth, or as recorded; the date of birth goes no further."""
    born, low, high = (pl.col(f"{side}_{c}") for c in ("birth_date", "age_from", "age_to"))
    on = pl.col("start").dt
    # Months are numbers of eight bits, which a hundred of them are not.
    day_of_year = [x.month().cast(pl.Int32) * 100 + x.day() for x in (on, born.dt)]
    not_yet = day_of_year[0] < day_of_year[1]
    age = pl.coalesce(on.year() - born.dt.year() - not_yet.cast(pl.Int32), pl.when(low == high).then(low))
    age = pl.when(age.is_between(0, 120)).then(age)
    bands = [band_of(x) for x in (low, high)]
    return reports.with_columns(
        age.cast(pl.Int64).alias(f"{side}_age"),
        pl.when(age.is_null() & (bands[0] == bands[1])).then(bands[0]).alias(f"{side}_age_band"),
    )


def band_of(age: pl.Expr) -> pl.Expr:
    """Return the age band of whole years."""
    labels = list(code_set("age_bands").codes)
    edges = [int(band.split("-")[0]) for band in labels]
    return age.bin_intervals(edges[1:], labels=labels).cast(pl.String)


def chosen(
    held: Held,
    reports: pl.DataFrame,
    period: tuple[dt.date, dt.date],
    course_ids: Collection[str] | None,
) -> pl.DataFrame:
    """The reports of an export, with ``course`` (the pattern that each belongs to).

    Args:
        held: what the hub holds.
        reports: from :func:`with_people`.
        period: first and last day, inclusive, of ``start``.
        course_ids: only reports of these patterns; ``None``: every report that is recorded as stalking, or
            that belongs to a pattern which the rules flagged or somebody decided to be a course of conduct,
            and nobody decided not to be one.
    """
    last = held.decisions.unique("course_id", keep="last", maintain_order=True).select(
        "course_id", decided="kind"
    )
    courses = held.courses.join(last, on="course_id", how="left", maintain_order="left").with_columns(
        counts=pl.when(pl.col("decided") == "not_a_course")
        .then(pl.lit(value=False))
        .otherwise(pl.col("flagged") | (pl.col("decided") == "course_of_conduct").fill_null(value=False))
    )
    parts = courses.explode("report_ids").rename({"report_ids": "report_id"})
    told = parts.join(reports.select("report_id", "victim_id", "suspect_id"), on="report_id", how="inner")
    # Of several patterns with this report: the one of its two people, then one that counts.
    own = (pl.col("victim_person") == pl.col("victim_id")).fill_null(value=False) & pl.col(
        "suspect_person"
    ).eq_missing(pl.col("suspect_id"))
    best = (
        told.with_columns(own=own)
        .sort("report_id", "own", "counts", "course_id", descending=[False, True, True, False])
        .unique("report_id", keep="first", maintain_order=True)
        .select("report_id", "counts", course="course_id")
    )
    out = reports.join(best, on="report_id", how="left", maintain_order="left").filter(
        pl.col("start").dt.date().is_between(*period)
    )
    if course_ids is not None:
        return out.filter(pl.col("course").is_in(list(course_ids)))
    return out.filter((pl.col("recorded_as") == STALKING) | pl.col("counts").fill_null(value=False))


def with_history(everything: pl.DataFrame, picked: pl.DataFrame) -> pl.DataFrame:
    """Adds what the hub held about the suspect from before each report; null where no suspect is named."""
    earlier = everything.filter(pl.col("suspect_id").is_not_null()).select(
        "suspect_id",
        earlier_victim="victim_id",
        earlier_start="start",
        allegation=pl.col("recorded_as").is_in(ALLEGATIONS).fill_null(value=False),
        crime=(pl.col("record_type") == "crime").fill_null(value=False),
    )
    own = pl.col("earlier_victim") == pl.col("victim_id")
    counted = (
        picked.select("report_id", "suspect_id", "victim_id", "start")
        .join(earlier, on="suspect_id", how="inner")
        .filter(pl.col("earlier_start") < pl.col("start"))
        .group_by("report_id")
        .agg(
            prior_allegations=pl.col("allegation").sum(),
            prior_allegations_pair=(pl.col("allegation") & own.fill_null(value=False)).sum(),
            prior_offences=pl.col("crime").sum(),
            prior_other_victims=pl.col("earlier_victim")
            .filter(pl.col("allegation") & ~own.fill_null(value=False))
            .drop_nulls()
            .n_unique(),
        )
    )
    names = [c for c in counted.columns if c != "report_id"]
    return picked.join(counted, on="report_id", how="left", maintain_order="left").with_columns(
        pl.when(pl.col("suspect_id").is_not_null())
        .then(pl.min_horizontal(pl.col(name).fill_null(0), pl.lit(999)))
        .cast(pl.Int64)
        .alias(name)
        for name in names
    )
