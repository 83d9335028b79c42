"""Results that this room hands on: frames, or the rows of one component."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import polars as pl

Row: TypeAlias = dict[str, Any]

COURSES_SCHEMA = pl.Schema(
    {
        "course_id": pl.String(),
        "victim_person": pl.String(),
        "suspect_person": pl.String(),
        "kind": pl.String(),
        "reading": pl.String(),
        "reading_reasons": pl.List(pl.String()),
        "flagged": pl.Boolean(),
        "hidden": pl.Boolean(),
        "n_reports": pl.Int64(),
        "n_occasions": pl.Int64(),
        "first_at": pl.Datetime("us"),
        "last_at": pl.Datetime("us"),
        "agencies": pl.List(pl.String()),
        "relationship": pl.String(),
        "urgency_rank": pl.Int64(),
        "urgency_key": pl.List(pl.Float64()),
        "urgency_reasons": pl.List(pl.String()),
    }
)
OCCASIONS_SCHEMA = pl.Schema(
    {
        "course_id": pl.String(),
        "occasion_no": pl.Int64(),
        "report_id": pl.String(),
        "occasion_seq": pl.Int64(),
        "at": pl.Datetime("us"),
        "until": pl.Datetime("us"),
        "precision": pl.String(),
        "acts": pl.List(pl.String()),
        "limbs": pl.List(pl.String()),
        "channels": pl.List(pl.String()),
        "actor": pl.String(),
        "words": pl.List(pl.String()),
        "rules": pl.List(pl.String()),
        "recorded_as": pl.String(),
        "agency": pl.String(),
        "source_ref": pl.String(),
        "attribution": pl.String(),
        "reason": pl.String(),
        "reversed": pl.Boolean(),
        "same_as": pl.String(),
        "circumstances": pl.List(pl.String()),
    }
)
FINDINGS_SCHEMA = pl.Schema(
    {
        "course_id": pl.String(),
        "rule_id": pl.String(),
        "rule_version": pl.String(),
        "title": pl.String(),
        "met": pl.Boolean(),
        "evidence": pl.List(pl.String()),
        "words": pl.String(),
    }
)
UNCLEAR_SCHEMA = pl.Schema(
    {
        "course_id": pl.String(),
        "report_id": pl.String(),
        "probability": pl.Float64(),
        "reason": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class CourseResult:
    """Result of :func:`lamplighter.courses.assemble.courses`.

    ``courses``: one row a course, in the order of the list. ``kind`` is 'pattern' (two occasions or more) or
    'single';
    ``suspect_person`` is null when nobody is identified; ``relationship`` is the code the reports give most
    often.
    ``occasions``: one row for each report's account of an occasion, in order; accounts of one occasion share
    ``occasion_no`` and the later ones name the first in ``same_as``; ``acts`` are what counts against the
    suspect;
    ``reversed`` marks reports with the roles swapped; ``circumstances`` are what the report of it tells
    beside acts, as the order of the list reads it. ``findings``: every rule of every pattern, met or not;
    ``evidence`` are keys '<report_id>#<occasion_seq>'. ``unclear``: reports by the victim of a course that
    are not in it, since nothing names their suspect: whether it is the same is for a person.
    """

    courses: pl.DataFrame
    occasions: pl.DataFrame
    findings: pl.DataFrame
    unclear: pl.DataFrame
    rules_version: str

    def rows(self) -> Found:
        """The same as rows."""
        return Found(
            self.courses.to_dicts(),
            self.occasions.to_dicts(),
            self.findings.to_dicts(),
            self.unclear.to_dicts(),
            self.rules_version,
        )

    def report_groups(self) -> pl.DataFrame:
        """course_id, report_id, attribution, reason: which report is in which course, each once."""
        return self.occasions.select("course_id", "report_id", "attribution", "reason", "reversed").unique(
            ["course_id", "report_id"], keep="first", maintain_order=True
        )

    def report_pairs(self) -> pl.DataFrame:
        """Unordered pairs of reports in one course: left < right, without repeats."""
        g = self.report_groups().select("course_id", "report_id")
        return (
            g.join(g, on="course_id", suffix="_r")
            .filter(pl.col("report_id") < pl.col("report_id_r"))
            .select(left="report_id", right="report_id_r")
            .unique()
            .sort("left", "right")
        )


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of a :class:`CourseResult`, in its order, for whoever stores a few of them."""

    courses: list[Row]
    occasions: list[Row]
    findings: list[Row]
    unclear: list[Row]
    rules_version: str

    def frames(self) -> CourseResult:
        """The same as frames."""
        return CourseResult(
            pl.DataFrame(self.courses, schema=COURSES_SCHEMA),
            pl.DataFrame(self.occasions, schema=OCCASIONS_SCHEMA),
            pl.DataFrame(self.findings, schema=FINDINGS_SCHEMA),
            pl.DataFrame(self.unclear, schema=UNCLEAR_SCHEMA),
            self.rules_version,
        )
