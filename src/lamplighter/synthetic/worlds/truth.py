"""Hold what is really so, kept apart from what agencies recorded. Importers never read it.

Frames and their columns (one row each):

``persons``: a person who appears in a record or a story. ``person_id``, ``forename``, ``surname``, ``sex``,
``ethnicity``,
``birth_date``, ``family_id``, ``place_in_family`` ('first_adult', 'partner', 'elder_child', 'younger_child').

``records``: a person record. ``record_id``, ``report_id``, ``role``, ``person_id``, ``identifiable``
(false: nothing but a descriptor, so no linker could tell who), ``sparse`` (no more than a first name, an
account, a number or a mark),
``wrong_nominal`` (shows somebody else's details), ``reused_nominal``, ``stale_address``.

``reports``: a report. ``report_id``, ``course_id`` (null: a single chance matter), ``kind`` (as in
``courses``; 'single' with no course), ``single_kind``, ``agency``, ``reported_at``, ``victim_person``,
``suspect_person`` (true parties of the story, not as recorded), ``swapped_roles``, ``by_proxy``,
``against_relative``, ``recorded_stalking`` (principal or included),
``suspect_known`` ('full', 'partial', 'sparse', 'descriptor', 'nobody'), ``behaviours_told`` and
``behaviours_denied`` (what the text says was, and was not, done).

``courses``: a repeated matter between two people. ``course_id``, ``kind`` ('stalking', or which hard
negative),
``is_stalking``, ``victim_person``, ``suspect_person``, ``relationship``, ``ended_at`` (break-up),
``proxy_person``,
``relative_person``, ``n_reports``, ``n_occasions`` (past, reported or not), ``first_report_at``,
``last_report_at``, strata:
``cross_force`` (reports to two forces or more), ``cross_agency`` (the same with the helpline counted),
``unknown_suspect`` (no report names the suspect at all),
``sparse_suspect`` (named, yet half the reports or more say next to nothing), ``swapped_roles``, ``by_proxy``,
``against_relative``, ``hidden`` (stalking, two reports or more, none recorded as stalking).

``occasions``: every true occasion, reported or not, the future too. ``course_id`` (null for single matters),
``occasion_seq``, ``at``, ``behaviours``, ``channel``, ``actor`` ('self', 'proxy'), ``target`` ('victim',
'relative'), ``serious`` (violence, strangulation, sexual violence, threat to kill), ``future`` (after the
as-at day), ``report_id`` (the report that covers it).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import polars as pl


@dataclass(slots=True)
class TruthFrames:
    """Frames that are written and read together; what they are is for who extends it to say."""

    def write(self, folder: Path) -> None:
        """Write one Parquet file a frame."""
        folder.mkdir(parents=True, exist_ok=True)
        for f in fields(self):
            getattr(self, f.name).write_parquet(folder / f"{f.name}.parquet")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return the frames that :meth:`write` wrote. Raises ``FileNotFoundError`` when one is missing."""
        return cls(*[pl.read_parquet(folder / f"{f.name}.parquet") for f in fields(cls)])


@dataclass(slots=True)
class Truth(TruthFrames):
    """The true state of a world: five frames, columns as the module says."""

    persons: pl.DataFrame
    records: pl.DataFrame
    reports: pl.DataFrame
    courses: pl.DataFrame
    occasions: pl.DataFrame

    def attention(self, as_at: dt.datetime, *, horizon_days: int = 28) -> pl.DataFrame:
        """Return which courses needed attention on a day, judged by what happened next.

        One row for each course of stalking with a report before ``as_at``: ``course_id``, ``serious_next``
        (a serious act within the horizon), ``days_to_serious`` (null: none in what is simulated),
        ``days_to_next`` (to any occasion),
        ``acts_next`` (occasions in the horizon), ``days_since_last_report``. Order by ``serious_next`` then
        ``acts_next`` for the true order. Choose ``as_at`` so that the horizon lies inside the simulated
        future.

        Raises:
            ValueError: the horizon reaches past the last simulated day.
        """
        last = self.occasions["at"].max()
        if isinstance(last, dt.datetime) and as_at + dt.timedelta(days=horizon_days) > last + dt.timedelta(
            days=7
        ):
            raise ValueError("The horizon reaches past the end of the simulated future")
        days = (pl.col("at") - pl.lit(as_at)).dt.total_seconds() / 86_400
        known = (
            self.reports.filter(pl.col("reported_at") < as_at, pl.col("course_id").is_not_null())
            .group_by("course_id")
            .agg(
                days_since_last_report=(
                    (pl.lit(as_at) - pl.col("reported_at").max()).dt.total_seconds() / 86_400
                )
            )
        )
        ahead = (
            self.occasions.filter(pl.col("at") >= as_at)
            .with_columns(days=days)
            .group_by("course_id")
            .agg(
                serious_next=(pl.col("serious") & (pl.col("days") < horizon_days)).any(),
                days_to_serious=pl.col("days").filter(pl.col("serious")).min(),
                days_to_next=pl.col("days").min(),
                acts_next=(pl.col("days") < horizon_days).sum(),
            )
        )
        return (
            self.courses.filter(pl.col("is_stalking"))
            .select("course_id")
            .join(known, on="course_id")
            .join(ahead, on="course_id", how="left")
            .with_columns(pl.col("serious_next").fill_null(False), pl.col("acts_next").fill_null(0))
            .sort("course_id")
        )
