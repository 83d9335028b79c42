"""The true state of a country: kept apart from what the forces recorded; linkers never read it.

Frames and their columns (one row each):

``persons``: a person of a record or a story. ``person_id``, ``forename``, ``surname``, ``sex``,
``ethnicity``, ``birth_date``.

``records``: a person record. ``record_id``, ``force``, ``report_id``, ``role``, ``person_id``, ``couple_id``
(of the report), ``identifiable``, ``sparse``, ``wrong_nominal``, ``moved`` (the person came to this force
from another), ``copied_from`` (the record of another force that this one was typed from; null for most).

``reports``: a report. ``report_id``, ``force``, ``couple_id`` (victim and suspect of the story),
``course_id`` (null: a single matter), ``kind``, ``reported_at``, ``victim_person``, ``suspect_person`` (of
the story), ``swapped_roles``, ``by_proxy``, ``against_relative``, ``recorded_stalking``, ``suspect_known``,
``same_act_as`` (the report of another force about this very act; null for most).

``courses``: a repeated matter between two people, wherever it was recorded. ``course_id``, ``couple_id``,
``kind``, ``is_stalking``, ``victim_person``, ``suspect_person``, ``relationship``, ``n_reports`` (each act
once), ``first_report_at``, ``last_report_at``, ``forces``, ``crosses_border`` (the couple, not the paper,
went to another force's area), ``unknown_suspect``.

``suspects``: a person named as the suspect of a course of stalking. ``person_id``, ``n_courses``,
``n_victims``, ``forces`` (in whose areas he was suspected), ``n_forces``, ``repeat`` (two courses, or two
forces), ``crosses_border``, ``how`` ('same_victim', 'other_victim', 'both'; null where no border was
crossed).

``later_events``: events that come to be known after the day of the extract, in the columns of the events.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from lamplighter.synthetic.countries.identities import Arrival, person_id
from lamplighter.synthetic.countries.parts import Part
from lamplighter.synthetic.countries.passing_on import PassedOn
from lamplighter.synthetic.worlds import truth_frames
from lamplighter.synthetic.worlds.cell import Cell
from lamplighter.synthetic.worlds.truth import TruthFrames

_NAMED = ("full", "partial", "sparse")


@dataclass(slots=True)
class CountryTruth(TruthFrames):
    """The true state of a country: six frames, columns as the module says."""

    persons: pl.DataFrame
    records: pl.DataFrame
    reports: pl.DataFrame
    courses: pl.DataFrame
    suspects: pl.DataFrame
    later_events: pl.DataFrame


@dataclass(slots=True)
class PartTruth:
    """The truth of one part, before the parts are put together. ``courses`` holds what only a story knows."""

    persons: pl.DataFrame
    records: pl.DataFrame
    reports: pl.DataFrame
    courses: pl.DataFrame
    later_events: pl.DataFrame


def of_part(
    part: Part,
    cell: Cell,
    arrivals: list[Arrival],
    continued: dict[str, str],
    passed: list[PassedOn],
    later_events: pl.DataFrame,
) -> PartTruth:
    """Return what is so of one part, the acts it passed on included, under the country's ids."""
    told = truth_frames.truth(cell)
    really = {person_id(part.number, a.person): a.is_really for a in arrivals}
    force = part.force.code
    reports = told.reports.with_columns(
        pl.col("victim_person", "suspect_person").replace(really),
        pl.col("course_id").replace(continued),
        force=pl.lit(force),
        same_act_as=pl.lit(None, dtype=pl.String),
    ).with_columns(
        couple_id=pl.concat_str("victim_person", pl.lit("+"), "suspect_person"),
    )
    couples = reports.select("report_id", "couple_id")
    records = (
        told.records.join(couples, on="report_id", how="left", maintain_order="left")
        .with_columns(
            force=pl.lit(force),
            moved=pl.col("person_id").is_in(list(really)),
            copied_from=pl.lit(None, dtype=pl.String),
        )
        .with_columns(pl.col("person_id").replace(really))
    )
    more_reports, more_records = [reports], [records]
    for p in passed:
        copies = pl.DataFrame({"new": list(p.reports), "report_id": list(p.reports.values())})
        more_reports.append(
            copies.join(reports, on="report_id", how="left", maintain_order="left")
            .join(
                p.bundle["reports"].select(new="report_id", at="reported_at"),
                on="new",
                how="left",
                maintain_order="left",
            )
            .with_columns(
                same_act_as="report_id", report_id="new", reported_at="at", force=pl.lit(p.force.code)
            )
            .select(reports.columns)
        )
        back = {old: new for new, old in p.reports.items()}
        copies = pl.DataFrame({"new": list(p.records), "record_id": list(p.records.values())})
        more_records.append(
            copies.join(records, on="record_id", how="left", maintain_order="left")
            .with_columns(
                copied_from="record_id",
                record_id="new",
                report_id=pl.col("report_id").replace_strict(back),
                force=pl.lit(p.force.code),
                moved=pl.lit(False),
            )
            .select(records.columns)
        )
    courses = told.courses.select("course_id", "relationship", "unknown_suspect").with_columns(
        continued=pl.col("course_id").is_in(list(continued)), course_id=pl.col("course_id").replace(continued)
    )
    return PartTruth(
        persons=told.persons.filter(~pl.col("person_id").is_in(list(really))).drop(
            "family_id", "place_in_family"
        ),
        records=pl.concat(more_records).select(
            "record_id",
            "force",
            "report_id",
            "role",
            "person_id",
            "couple_id",
            "identifiable",
            "sparse",
            "wrong_nominal",
            "moved",
            "copied_from",
        ),
        reports=pl.concat(more_reports).select(
            "report_id",
            "force",
            "couple_id",
            "course_id",
            "kind",
            "reported_at",
            "victim_person",
            "suspect_person",
            "swapped_roles",
            "by_proxy",
            "against_relative",
            "recorded_stalking",
            "suspect_known",
            "same_act_as",
        ),
        courses=courses,
        later_events=later_events,
    )


def of_country(parts: list[PartTruth]) -> CountryTruth:
    """Put the truth of all parts together: courses and suspects wherever they were recorded."""
    reports = pl.concat([p.reports for p in parts], rechunk=True)
    courses = _courses(reports, pl.concat([p.courses for p in parts]))
    return CountryTruth(
        persons=pl.concat([p.persons for p in parts], rechunk=True),
        records=pl.concat([p.records for p in parts], rechunk=True),
        reports=reports,
        courses=courses,
        suspects=_suspects(reports),
        later_events=pl.concat([p.later_events for p in parts], rechunk=True),
    )


def _courses(reports: pl.DataFrame, stories: pl.DataFrame) -> pl.DataFrame:
    acts = reports.filter(pl.col("same_act_as").is_null(), pl.col("course_id").is_not_null())
    of_story = stories.group_by("course_id").agg(
        pl.col("relationship").first(),
        pl.col("unknown_suspect").all(),
    )
    return (
        acts.sort("reported_at", "report_id")
        .group_by("course_id")
        .agg(
            pl.col("couple_id").first(),
            pl.col("kind").first(),
            (pl.col("kind").first() == "stalking").alias("is_stalking"),
            pl.col("victim_person").first(),
            pl.col("suspect_person").first(),
            pl.len().cast(pl.Int64).alias("n_reports"),
            pl.col("reported_at").min().alias("first_report_at"),
            pl.col("reported_at").max().alias("last_report_at"),
            pl.col("force").unique().sort().alias("forces"),
        )
        .with_columns(crosses_border=pl.col("forces").list.len() > 1)
        .join(of_story, on="course_id", how="left")
        .sort("course_id")
    )


def _suspects(reports: pl.DataFrame) -> pl.DataFrame:
    named = reports.filter(
        pl.col("kind") == "stalking",
        pl.col("suspect_known").is_in(_NAMED),
        ~pl.col("by_proxy") & ~pl.col("swapped_roles") & ~pl.col("against_relative"),
        pl.col("same_act_as").is_null(),
    )
    same = pl.col("course_forces") > 1
    return (
        named.group_by("suspect_person", "course_id")
        .agg(
            pl.col("force").unique().alias("forces"),
            pl.col("force").n_unique().alias("course_forces"),
            pl.col("victim_person").first(),
        )
        .group_by("suspect_person")
        .agg(
            pl.len().cast(pl.Int64).alias("n_courses"),
            pl.col("victim_person").n_unique().cast(pl.Int64).alias("n_victims"),
            pl.col("forces").list.explode().unique().sort().alias("forces"),
            same.any().alias("followed"),
        )
        .rename({"suspect_person": "person_id"})
        .with_columns(n_forces=pl.col("forces").list.len().cast(pl.Int64))
        .with_columns(
            repeat=(pl.col("n_courses") > 1) | (pl.col("n_forces") > 1), crosses_border=pl.col("n_forces") > 1
        )
        .with_columns(
            how=pl.when(pl.col("crosses_border") & pl.col("followed") & (pl.col("n_courses") > 1))
            .then(pl.lit("both"))
            .when(pl.col("crosses_border") & pl.col("followed"))
            .then(pl.lit("same_victim"))
            .when("crosses_border")
            .then(pl.lit("other_victim"))
        )
        .drop("followed")
        .sort("person_id")
    )
