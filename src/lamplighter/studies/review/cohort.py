"""From a bundle to what is counted: one row a report, and one row a case.

A *report* is one allegation; a *case* is one course of conduct, fixed by the day
of its first report and followed to the day of the extract. Days are calendar
days between dates, so "day 0" is the day of the report. Nothing is dropped:
reports without an outcome are open, and say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from lamplighter.studies.review.settings import ENDS, Settings
from lamplighter.study_bundle.bundle import StudyBundle
from lamplighter.vocabulary.codes import code_set

STALKING = "stalking"
#: Channels by which a behaviour reaches somebody over a network, without anybody being there.
_ONLINE = ("phone", "text_message", "email", "social_media", "payment")


@dataclass(frozen=True)
class Cohort:
    """The reports and cases of a bundle with what became of them.

    ``reports`` has, beside the columns of the bundle: ``case``, ``start`` (date), ``followed`` (days to the
    extract), ``first_class``, ``stalking_first``, ``stalking_day`` (days to the first stalking
    classification), ``outcome``, ``outcome_group``, ``outcome_day``, ``withdrawn_day``, ``end`` (one of
    ``ENDS``, null while open), ``end_day`` and ``end_late`` (it ended after the days for which it is
    followed: on a clock of days it is still open at the last of them).
    """

    bundle: StudyBundle
    settings: Settings

    @cached_property
    def reports(self) -> pl.DataFrame:
        """One row a report, in the order of ``report_id``."""
        cut = self.bundle.metadata.extracted_on
        frame = (
            self.bundle.table("reports")
            .sort("report_id")
            .with_columns(
                case=pl.coalesce("case_id", "report_id"),
                started=pl.coalesce("reported_at", "recorded_at"),
            )
            .with_columns(start=pl.col("started").dt.date())
            .with_columns(followed=(pl.lit(cut) - pl.col("start")).dt.total_days())
        )
        for part in (self._people, self._classified, self._outcomes, self._withdrawn, self._behaved):
            frame = part(frame)
        return self._ended(frame)

    @cached_property
    def cases(self) -> pl.DataFrame:
        """One row a case: its first report, with ``n_reports``."""
        first = (
            self.reports.select("case", "started", "report_id", place=pl.int_range(pl.len()))
            .sort("started", "report_id")
            .group_by("case", maintain_order=True)
            .agg(pl.col("place").first(), n_reports=pl.len())
            .sort("case")
        )
        columns = ["case", *(c for c in self.reports.columns if c != "case")]
        return self.reports.select(columns)[first["place"]].with_columns(first["n_reports"])

    def events(self, kind: str) -> pl.DataFrame:
        """Events of one kind with ``case``, the case's ``started`` and ``day``, ``hours`` since then, in no
        order: a rule that takes the first or the last puts them in order.

        Several reports of a case share its clock, which starts with the first.
        """
        return self._on_clocks(self.bundle.done(kind))

    def said_no(self, kind: str) -> pl.DataFrame:
        """Rows of one kind that say that it was not done, with the columns of :meth:`events`."""
        return self._on_clocks(self.bundle.said_no(kind))

    def _on_clocks(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.join(self._clocks, on="report_id", how="inner").with_columns(
            day=(pl.col("at").dt.date() - pl.col("case_start")).dt.total_days(),
            hours=hours(pl.col("at"), pl.col("at_precision"), pl.col("case_started")),
            at_working="working_days",
        )

    def of_cases(self, kind: str, *columns: str) -> pl.DataFrame:
        """Events of one kind with some columns of the bundle and ``case``, without a clock: of a million
        reports that is a fifth of the memory."""
        owner = self.reports.select("report_id", "case")
        return self.bundle.done(kind, columns).join(owner, on="report_id", how="inner")

    @cached_property
    def worked_out(self) -> dict[str, pl.DataFrame]:
        """Tables that several rules begin with, by name: see ``indicators.rules.once``."""
        return {}

    @cached_property
    def _clocks(self) -> pl.DataFrame:
        """The clock of every report, which is its case's: asked for by every kind of event."""
        clock = self.cases.select(
            "case",
            case_started="started",
            case_start="start",
            case_started_working=pl.lit(0.0),
        )
        return self.reports.select("report_id", "case").join(clock, on="case", how="left")

    def not_done(self, *kinds: str) -> pl.Series:
        """Cases of which it is on record that something was not done: a "no", which is not a silence."""
        said = pl.concat([self.bundle.not_done(kind) for kind in kinds])
        reports = self.reports.select("report_id", "case")
        return reports.filter(pl.col("report_id").is_in(said.implode()))["case"].unique().sort()

    def _people(self, frame: pl.DataFrame) -> pl.DataFrame:
        people = self.bundle.table("people").unique("person_id", keep="first", maintain_order=True)
        for side in ("victim", "suspect"):
            own = people.select(
                pl.col("person_id").alias(f"{side}_id"),
                *(
                    pl.col(column).alias(f"{side}_{column}")
                    for column in people.columns
                    if column != "person_id"
                ),
            )
            frame = frame.join(own, on=f"{side}_id", how="left")
        bands = list(code_set("age_bands").codes)
        return frame.with_columns(
            pl.coalesce(
                pl.when(pl.col(f"{side}_age").is_not_null()).then(band_of(pl.col(f"{side}_age"))),
                pl.col(f"{side}_age_band"),
            )
            .cast(pl.Enum(bands))
            .alias(f"{side}_band")
            for side in ("victim", "suspect")
        ).with_columns(
            pl.col(f"{side}_ethnicity").str.slice(0, 1).alias(f"{side}_ethnic_group")
            for side in ("victim", "suspect")
        )

    def _classified(self, frame: pl.DataFrame) -> pl.DataFrame:
        own = self.bundle.done("classification", ("code", "at", "status")).join(
            frame.select("report_id", "start"), on="report_id", how="inner"
        )
        first = first_codes(own, "report_id").rename({"code": "first_class"})
        stalking = (
            own.filter(pl.col("code") == STALKING)
            .group_by("report_id")
            .agg(
                stalking_day=(pl.col("at").dt.date() - pl.col("start")).dt.total_days().min(),
                stalking_event=pl.lit(True),
            )
        )
        offences = self.bundle.table("offences").with_columns(group=_group_of_offence(pl.col("offence")))
        coded = (
            offences.group_by("report_id")
            .agg(
                stalking_offence=(pl.col("group") == STALKING).any(),
                principal=pl.col("group").filter(pl.col("classification") == "principal").first(),
            )
            .sort("report_id")
        )
        return (
            frame.join(first, on="report_id", how="left")
            .join(stalking, on="report_id", how="left")
            .join(coded, on="report_id", how="left")
            .with_columns(
                stalking_ever=pl.coalesce(
                    pl.col("stalking_event"), pl.col("stalking_offence"), pl.lit(False)
                ),
                stalking_first=pl.col("first_class") == STALKING,
            )
            .drop("stalking_event", "stalking_offence")
        )

    def _outcomes(self, frame: pl.DataFrame) -> pl.DataFrame:
        groups = dict(self.settings.group_of_code)
        latest = (
            self.bundle.done("outcome", ("event_id", "at", "code", "late"))
            .join(frame.select("report_id", "start"), on="report_id", how="inner")
            .with_columns(late=(pl.col("late") == "yes").fill_null(value=False))
            # What is not dated stood before what is; what came after the follow-up stands last.
            .sort("report_id", "late", "at", "event_id", nulls_last=False)
            .group_by("report_id", maintain_order=True)
            .agg(
                outcome=pl.col("code").last(),
                outcome_late=pl.col("late").last(),
                outcome_at=pl.col("at").last(),
                outcome_day=_since((pl.col("at").last().dt.date() - pl.col("start").last()).dt.total_days()),
                n_outcomes=pl.len(),
            )
        )
        return frame.join(latest, on="report_id", how="left").with_columns(
            outcome_group=pl.col("outcome").replace_strict(groups, default=None, return_dtype=pl.String),
            outcome_conflict=pl.col("report_id").is_in(sorted(self.bundle.conflicts)),
        )

    def _withdrawn(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The victim's own withdrawal as recorded, else an outcome that says so, on its day."""
        stated = (
            self.bundle.done("support_status", ("event_id", "at", "code", "late"))
            .join(frame.select("report_id", "start"), on="report_id", how="inner")
            .with_columns(since=_since((pl.col("at").dt.date() - pl.col("start")).dt.total_days()))
            .sort("report_id", "at", "event_id", nulls_last=True)
            .group_by("report_id", maintain_order=True)
            .agg(
                stated_day=pl.col("since").filter(pl.col("code") == "withdrawn").min(),
                stated=(pl.col("code") == "withdrawn").any(),
                returned=(pl.col("code") == "returned").any(),
                stated_late=((pl.col("code") == "withdrawn") & (pl.col("late") == "yes"))
                .fill_null(value=False)
                .any(),
            )
        )
        says = [g for g, end in self.settings.end_of_group.items() if end == "withdrawal"]
        return frame.join(stated, on="report_id", how="left").with_columns(
            withdrawn_day=pl.min_horizontal(
                "stated_day", pl.when(pl.col("outcome_group").is_in(says)).then(pl.col("outcome_day"))
            ),
            withdrawn=pl.col("stated").fill_null(value=False)
            | pl.col("outcome_group").is_in(says).fill_null(value=False),
        )

    def _behaved(self, frame: pl.DataFrame) -> pl.DataFrame:
        behaviours = self.bundle.table("behaviours")
        kinds = code_set("behaviours").codes
        threats = [code for code in kinds if "threat" in code]
        told = (
            behaviours.group_by("report_id")
            .agg(
                threats=pl.col("behaviour").is_in(threats).any(),
                online_only=pl.col("channel").is_in(_ONLINE).all() & pl.col("channel").is_not_null().any(),
                n_behaviours=pl.col("behaviour").n_unique(),
            )
            .sort("report_id")
        )
        return frame.join(told, on="report_id", how="left")

    def _ended(self, frame: pl.DataFrame) -> pl.DataFrame:
        """How and when each report first ended: withdrawal on its own day, anything else with its outcome.

        A withdrawal without a day ends a report that has no outcome; ``end_day`` is null then.
        """
        by_group = dict(self.settings.end_of_group)
        outcome_end = pl.col("outcome_group").replace_strict(by_group, default=None, return_dtype=pl.String)
        first = pl.col("withdrawn_day").is_not_null() & (
            pl.col("outcome_day").is_null() | (pl.col("withdrawn_day") <= pl.col("outcome_day"))
        )
        first = first | (pl.col("withdrawn") & pl.col("outcome_group").is_null())
        return (
            frame.with_columns(
                end=pl.when(first).then(pl.lit("withdrawal")).otherwise(outcome_end).cast(pl.Enum(ENDS)),
                end_day=pl.when(first).then(pl.col("withdrawn_day")).otherwise(pl.col("outcome_day")),
                late=pl.when(first).then(pl.col("stated_late")).otherwise(pl.col("outcome_late")),
            )
            .with_columns(
                open=pl.col("end").is_null(),
                end_late=pl.col("end_day").is_null() & pl.col("late").fill_null(value=False),
            )
            .drop("late", "stated_late", "outcome_late")
        )


def on_the_clock(frame: pl.DataFrame) -> pl.DataFrame:
    """The reports that stand on a clock of days: open, ended on a known day, or ended after the follow-up.

    What ended after the days for which a report is followed is open at the last of them.
    """
    kept = frame.filter(pl.col("end").is_null() | pl.col("end_day").is_not_null() | pl.col("end_late"))
    return kept.with_columns(end=pl.when(~pl.col("end_late")).then(pl.col("end")))


def _since(day: pl.Expr) -> pl.Expr:
    """A day of an end on the clock of its report. One before the report is no day: the end counts, its day
    is not known, and what asks for the order leaves it out, as the check says."""
    return pl.when(day >= 0).then(day)


def first_codes(events: pl.DataFrame, by: str) -> pl.DataFrame:
    """The ``code`` that stood first, a row each of ``by``; null where two principal ones tie.

    At one moment a principal classification goes before an included one. Two different principal ones of the
    same moment do not say which was first, and nothing is made of the order in which they were written.
    """
    return (
        events.filter(pl.col("at").is_not_null())
        .with_columns(rank=(pl.col("status").fill_null("principal") != "principal").cast(pl.Int8))
        .sort(by, "at", "rank", "code")
        .filter(
            (pl.col("at") == pl.col("at").first().over(by))
            & (pl.col("rank") == pl.col("rank").first().over(by))
        )
        .group_by(by, maintain_order=True)
        .agg(code=pl.when(pl.col("code").n_unique() == 1).then(pl.col("code").first()))
    )


def hours(at: pl.Expr, precision: pl.Expr, since: pl.Expr) -> pl.Expr:
    """Hours from ``since`` to ``at``.

    A time known to the day counts as the last moment of its day, so that a limit in hours is never met by
    rounding; one known to the month or year cannot meet such a limit and is null.
    """
    whole = (at - since).dt.total_minutes() / 60
    late = ((at.dt.truncate("1d") + pl.duration(hours=24)) - since).dt.total_minutes() / 60
    return (
        pl.when(precision.is_in(["month", "year"]))
        .then(None)
        .when(precision == "day")
        .then(pl.when(at.dt.date() == since.dt.date()).then(0.0).otherwise(late))
        .otherwise(whole)
    )


def band_of(age: pl.Expr) -> pl.Expr:
    """Age in whole years to its band."""
    bands = list(code_set("age_bands").codes)
    edges = [int(band.split("-")[0]) for band in bands][1:]
    return age.bin_intervals(edges, labels=bands).cast(pl.String)


def _group_of_offence(offence: pl.Expr) -> pl.Expr:
    groups = {code: row.extra.get("group", "other") for code, row in code_set("offences").codes.items()}
    return offence.replace_strict(groups, default="other", return_dtype=pl.String)
