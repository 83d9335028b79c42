"""Turn a force's table of events into one for the analyst: no id in it is the force's own any more.

A table of events is known by its columns: ``suspect`` and ``victim`` are ids of people in reports, and
``event``, ``crime``, ``course`` and ``same_occasion_as`` name what happened. The first two become the
analyst's ids, as in every table. The others become ids that say nothing: a crime's reference opens the case
in the force's own system.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from lamplighter.national.delivery.keys import Key
from lamplighter.national.errors import NationalError
from lamplighter.vocabulary.codes import code_set

PARTIES = ("suspect", "victim")
NAMES = ("event", "same_occasion_as", "crime", "course")
_LETTERS = {"event": "e", "same_occasion_as": "e", "crime": "k", "course": "o"}
_MOST_KINDS = 30


def is_table_of_events(columns: Collection[str]) -> bool:
    """Tell whether a table is one of events, by its columns."""
    return "event" in columns and not set(PARTIES).isdisjoint(columns)


def with_courses(events: pl.DataFrame, courses: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return events with the force's courses of conduct, and how many reports are in several.

    Args:
        events: as the force holds them; ``crime`` is the id of the report.
        courses: ``course_id`` and ``report_id``, as ``lamplighter trace`` writes them in
            ``course_reports``. Of a report in several courses, of either of two people who accuse one
            another, the first by name is taken: an event has one.

    Raises:
        NationalError: the events have courses already, or no crimes; or no report of a course is among them.
    """
    if "course" in events.columns:
        raise NationalError(
            "The events have a column course, and courses are given as well.",
            remedy="Leave out the column, or --courses.",
        )
    if "crime" not in events.columns or not {"course_id", "report_id"} <= set(courses.columns):
        raise NationalError(
            "Courses cannot be joined to the events.",
            remedy="Events need crime, the id of the report; courses need course_id and report_id, as in "
            "course_reports.csv of lamplighter trace.",
        )
    told = courses.select(
        pl.col("report_id").cast(pl.String).alias("crime"),
        pl.col("course_id").cast(pl.String).alias("course"),
    ).drop_nulls()
    first = told.group_by("crime").agg(pl.col("course").min())
    if first.height and not first["crime"].is_in(events["crime"].implode()).any():
        raise NationalError(
            "No report of a course is the crime of an event.",
            remedy="Take events and courses from the same records: crime must be the id of the report.",
        )
    several = told.unique().height - first.height
    return events.join(first, on="crime", how="left", maintain_order="left"), several


def sealed(
    frame: pl.DataFrame, records: pl.DataFrame, force: str, own: Key, release: Key, shared: Key | None
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return the table with the analyst's ids, and by column how many cells could not be kept.

    Args:
        frame: events as the force holds them; columns that it lacks stay away.
        records: ``own`` (the force's id of a person in a report) and ``record`` (the analyst's).
        shared: the key that forces share: with it an event that another force names is the same event there.
            Without it, what names no event of this table is emptied.
    """
    lost: dict[str, int] = {}
    found = frame
    for column in PARTIES:
        if column not in frame.columns:
            continue
        ids = records.select(pl.col("own").alias(column), pl.col("record").alias(f"{column}_record"))
        found = found.join(ids, on=column, how="left", maintain_order="left")
        unknown = found[column].is_not_null() & found[f"{column}_record"].is_null()
        if unknown.any():
            # A suspect who is not among the people delivered is not nobody: the event cannot be told.
            lost[f"events.{column}"] = int(unknown.sum())
            found = found.filter(~unknown)
        found = found.drop(column).rename({f"{column}_record": column})
    if shared is None and "same_occasion_as" in found.columns:
        elsewhere = found["same_occasion_as"].is_not_null() & ~found["same_occasion_as"].is_in(
            found["event"].implode()
        )
        if elsewhere.any():
            lost["events.same_occasion_as"] = int(elsewhere.sum())
            found = found.with_columns(
                same_occasion_as=pl.when(~elsewhere).then("same_occasion_as").otherwise(None)
            )
    key = own.derived("events", force) if shared is None else shared.derived("events")
    made = [_named(found[c], key, release) for c in NAMES if c in found.columns]
    return found.with_columns(made).select(frame.columns).sort(pl.all()), lost


def _named(values: pl.Series, key: Key, release: Key) -> pl.Series:
    name = values.name
    told = values.drop_nulls().unique()
    letter = _LETTERS[name]
    ids = release.sealed(letter, key.derived(letter).tokens(told.to_list()))
    return values.replace_strict(told, ids, default=None, return_dtype=pl.String).alias(name)


def says_nobody(column: str, values: pl.Series, force: str) -> bool:
    """Tell whether a column of a table of events cannot say who somebody is: it holds ids of ours, the name
    of the force, kinds of events, or codes of offences."""
    told = values.drop_nulls().unique()
    if column in (*PARTIES, *NAMES):
        return True
    if column == "force":
        return told.is_in([force]).all()
    if column == "kind":
        return told.len() <= _MOST_KINDS and bool(told.str.contains(r"^[a-z_]+$").all())
    return column == "offence" and told.is_in(list(code_set("offences").codes)).all()
