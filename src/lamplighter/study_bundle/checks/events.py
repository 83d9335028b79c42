"""Checks of events: against their report, the extract and each other.

Events are by far the largest table, so they may come a part at a time. What needs all of them (what an event
answers, a withdrawal behind an outcome) is looked at when the last part is in, from few columns.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from lamplighter.study_bundle.bundle import SUPERSEDED, Metadata, stands
from lamplighter.study_bundle.checks import findings as f
from lamplighter.study_bundle.checks.consistency import Reports, known
from lamplighter.study_bundle.checks.rows import (
    Earlier,
    check_key,
    check_kinds,
    check_parent,
    set_aside_what_is_not_held,
)
from lamplighter.study_bundle.checks.table_work import TableWork
from lamplighter.study_bundle.compact_rows import Packed
from lamplighter.study_bundle.schema import tables

#: Kinds of events that may be older than the report.
MAY_PRECEDE = frozenset(
    {"order", "imprisonment", "programme", "custody", "custody_review", "notification", "breach", "arrest"}
    | {"breach_response", "breach_review", "health_flag", "suspect_named", "history_check", "review_trigger"}
    | {"meeting", "action", "information_shared", "health_decision", "spo_stage"}
)
#: Kinds whose `at` is when something was asked for; of others `due_at` may be before `at`: it was late.
ASKED = frozenset({"plan_action", "action", "notification"})
_NAMED = ("1", "1A", "2", "2A", "3", "3A", "12", "15", "16", "17", "21")
_NOT_NAMED = ("14", "18")
#: What a second line of one reference may say of the end, and the first does not: kept, and said.
_OF_THE_END = ("outcome", "support_status")
_PLACE = "_place"
_FIRST, _LAST = dt.datetime(1, 1, 1), dt.datetime(9999, 1, 1)


class Events:
    """The events of one bundle under check: those taken in, and what was found."""

    def __init__(
        self,
        metadata: Metadata,
        reports: Reports,
        early: pl.Series,
        lost: pl.Series,
        second: pl.Series,
        superseded: pl.Series,
    ) -> None:
        """``early``: ids of reports from before the period that were taken in; ``lost``: lines left out, and
        of these ``second``: lines whose reference stands on another line; of these ``superseded``: those of
        which the force says that the other stands."""
        self.conflicts: set[str] = set()
        self.packed = Packed(tables()["events"])
        self.findings: list[pl.DataFrame] = []
        self.rejected = 0
        self.of_two_bases = False
        self._metadata, self._reports = metadata, reports
        self._early, self._lost, self._second = early.implode(), lost.implode(), second.implode()
        self._superseded = superseded.implode()
        self._any_second = len(second) > 0
        self._answers: list[pl.DataFrame] = []
        self._sixteens: list[pl.DataFrame] = []
        self._withdrawn: list[pl.Series] = []
        self._outcomes: list[pl.DataFrame] = []

    def part(self, work: TableWork, earlier: Earlier | None) -> None:
        """Check some events, in the order of the table; ``earlier`` when there are more."""
        check_kinds(work)
        check_key(work, earlier)
        set_aside_what_is_not_held(work, self._metadata.not_held)
        more = self._second_lines(work)
        work.note(work.frame["_row"].is_in(self._lost) & ~more, "line_left_out")
        start = self._reports.of(work)
        check_parent(work, start["_there"])
        self._alone(work, start)
        kept = work.accepted
        self.of_two_bases = self.of_two_bases or self._mixed(kept)
        first = self.packed.height
        place = pl.int_range(first, first + kept.height, dtype=pl.UInt32, eager=True)
        self._remember(kept.with_columns(place.alias(_PLACE)))
        self.packed.put(kept)
        self.findings += work.findings
        self.rejected += work.rejected

    def _second_lines(self, work: TableWork) -> pl.Series:
        """What second lines of a reference say of the end that its first line does not."""
        if not self._any_second:
            return pl.repeat(False, work.frame.height, dtype=pl.Boolean, eager=True)
        said = work.frame.select("report_id", "kind", "code", "at", row="_row", bad=work.bad).with_columns(
            second=pl.col("row").is_in(self._second) & pl.col("kind").is_in(_OF_THE_END) & ~pl.col("bad"),
            standing=~pl.col("row").is_in(self._lost) & ~pl.col("bad"),
        )
        what = ["report_id", "kind", "code", "at"]
        there = said.filter("standing").select(*what, known=pl.lit(value=True)).unique()
        new = said.join(there, on=what, how="left", nulls_equal=True, maintain_order="left")[
            "known"
        ].is_null()
        more = said["second"] & new
        # The same twice among second lines is one thing that they say.
        places = said.with_row_index("_i").filter(more).unique(what, keep="first", maintain_order=True)["_i"]
        more = pl.Series(range(said.height), dtype=pl.UInt32).is_in(places.cast(pl.UInt32).implode())
        if more.any():
            ended = said.filter(pl.col("standing") & (pl.col("kind") == "outcome"))["report_id"]
            other = (work.frame["kind"] == "outcome") & work.frame["report_id"].is_in(ended.implode())
            settled = more & other & work.frame["_row"].is_in(self._superseded)
            work.note(settled, "outcome_superseded", "code")
            work.note(more & other & ~settled, "outcome_conflict", "code")
            work.note(more & ~other, "second_line_says_more", "code")
            self.conflicts |= set(work.frame.filter(more & other)["report_id"])
            work.frame = work.frame.with_columns(
                pl.when(settled).then(pl.lit(SUPERSEDED)).otherwise("status").alias("status")
            )
        return more

    def _alone(self, work: TableWork, start: pl.DataFrame) -> None:
        """What an event says by itself, and against its report."""
        metadata = self._metadata
        work.note(_day("at") > pl.lit(metadata.extracted_on), "after_extract", "at")
        at, sure = work.frame["at"].dt.date(), work.frame.select(known("at_precision")).to_series()
        before = (at < start["_start"]) & start["_exact"] & sure
        outcome = work.frame["kind"] == "outcome"
        after_follow_up = (pl.col("late") == "yes").fill_null(False)
        done = (pl.col("done") == "no").ne_missing(True)
        work.note(pl.col("at").is_null() & ~after_follow_up & done, "event_not_dated", "at")
        work.note(before & outcome, "outcome_before_recording", "at")
        may = work.frame["kind"].is_in(pl.Series(sorted(MAY_PRECEDE)).implode())
        work.note(before & ~outcome & ~may, "event_before_report", "at")
        ends = (_day("ended_at") < _day("at")) & known("at_precision")
        work.note(ends, "ends_before_it_begins", "ended_at")
        due = (_day("due_at") < _day("at")) & known("at_precision") & pl.col("kind").is_in(sorted(ASKED))
        work.note(due, "ends_before_it_begins", "due_at")
        if metadata.event_kinds is not None:
            work.note(~pl.col("kind").is_in(list(metadata.event_kinds)), "kind_not_listed", "kind")
        if self._reports.name_suspects:
            wrong = (work.frame["code"].is_in(list(_NAMED)) & ~start["_named"]) | (
                work.frame["code"].is_in(list(_NOT_NAMED)) & start["_named"]
            )
            work.note(outcome & wrong, "outcome_needs_suspect", "code")

    def _mixed(self, frame: pl.DataFrame) -> bool:
        """Outcomes assigned in the period to crimes recorded before it, or turned."""
        start, end = self._metadata.period_from, self._metadata.period_to
        inside = pl.col("at").dt.date().is_between(pl.lit(start), pl.lit(end))
        outcomes = frame.filter((pl.col("kind") == "outcome") & stands())
        if self._metadata.basis == "recorded":
            return outcomes.filter(inside & pl.col("report_id").is_in(self._early)).height > 0
        return outcomes.filter(~inside).height > 0

    def _remember(self, kept: pl.DataFrame) -> None:
        what = ["_file", "_row", "kind", _PLACE]
        self.conflicts |= set(kept.filter(~stands())["report_id"])
        kept = kept.filter(stands(), (pl.col("done") == "no").ne_missing(True))
        answering = kept.filter(pl.col("refers_to").is_not_null()).select(*what, "refers_to")
        if answering.height:
            self._answers.append(answering)
        outcomes = kept.filter(pl.col("kind") == "outcome")
        self._outcomes.append(outcomes.select("_file", "_row", "kind", "report_id", "at", "late", "code"))
        sixteen = (pl.col("kind") == "outcome") & (pl.col("code") == "16")
        self._sixteens.append(kept.filter(sixteen).select(*what, "report_id"))
        withdrawn = (pl.col("kind") == "support_status") & (pl.col("code") == "withdrawn")
        self._withdrawn.append(kept.filter(withdrawn & pl.col("at").is_not_null())["report_id"])

    def finish(self) -> None:
        """Look at what takes all events."""
        if self._answers:
            answers = pl.concat(self._answers)
            asked = answers["refers_to"].unique()
            there = pl.concat(
                [
                    asked.filter(asked.is_in(self._reports.ids.implode())),
                    self.packed.having("event_id", asked),
                ]
            )
            nowhere = answers.filter(~pl.col("refers_to").is_in(there.implode()))
            if nowhere.height:
                self.findings.append(f.of_rows(nowhere, "events", "refers_to_nothing", "refers_to"))
                self.packed.empty("refers_to", nowhere[_PLACE])
        self._one_moment()
        if self._sixteens:
            withdrawn = pl.concat(self._withdrawn).implode()
            without = pl.concat(self._sixteens).filter(~pl.col("report_id").is_in(withdrawn))
            self.findings.append(f.of_rows(without, "events", "outcome_16_without_withdrawal", "code"))

    def _one_moment(self) -> None:
        """Reports whose last moment gives two outcomes: nothing says which came later."""
        if not self._outcomes:
            return
        every = pl.concat(self._outcomes).filter(~pl.col("report_id").is_in(sorted(self.conflicts)))
        every = every.filter(pl.col("report_id").is_duplicated())
        if not every.height:
            return
        # What is not dated stood before what is; what came after the follow-up stands last.
        late = (pl.col("late") == "yes").fill_null(False)
        after = every.with_columns(
            pl.when(late).then(pl.lit(_LAST)).otherwise(pl.col("at").fill_null(_FIRST)).alias("_moment")
        )
        last = after.filter(pl.col("_moment") == pl.col("_moment").max().over("report_id"))
        apart = last.filter(pl.col("code").n_unique().over("report_id") > 1).sort("_row")
        more = apart.filter(~pl.col("report_id").is_first_distinct())
        if more.height:
            self.findings.append(f.of_rows(more, "events", "outcome_conflict", "code"))
            self.conflicts |= set(more["report_id"])


def _day(column: str) -> pl.Expr:
    return pl.col(column).dt.date()
