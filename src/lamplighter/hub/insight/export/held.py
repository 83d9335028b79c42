"""The hub's reports as frames: the columns that a bundle asks for, and of a name only whether there is one.

To be called inside ``identity.as_service("export reports for a study")``. Everything here still carries the
hub's own ids; :mod:`lamplighter.hub.insight.export.bundle` is where they end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db.models import Q

from lamplighter.hub.intake.models import OccasionRecord, OffenceRecord, PersonRecord, ReportVersion
from lamplighter.hub.patterns.models import Course, CourseChange, Decision, Occasion
from lamplighter.hub.people.models import Membership

TEXTS = pl.List(pl.String)
REPORT = {
    "id": pl.Int64,
    "report_id": pl.String,
    "version": pl.Int64,
    "current": pl.Boolean,
    "agency": pl.String,
    "source": pl.String,
    "reported_at": pl.Datetime("us"),
    "received_at": pl.Datetime("us", "UTC"),
    "record_type": pl.String,
    "recorded_as": pl.String,
    "domestic_abuse": pl.Boolean,
    "outcome": pl.String,
}
PERSON = {
    "version_id": pl.Int64,
    "record_id": pl.String,
    "role": pl.String,
    "relationship": pl.String,
    "named": pl.Boolean,
    "birth_date": pl.Date,
    "age_from": pl.Int64,
    "age_to": pl.Int64,
    "sex": pl.String,
    "ethnicity": pl.String,
}
OFFENCE = {"version_id": pl.Int64, "offence": pl.String, "classification": pl.String}
OCCASION = {
    "version_id": pl.Int64,
    "started_at": pl.Datetime("us"),
    "ended_at": pl.Datetime("us"),
    "date_precision": pl.String,
    "behaviours": TEXTS,
    "channel": pl.String,
}
COURSE = {
    "course_id": pl.String,
    "victim_person": pl.String,
    "suspect_person": pl.String,
    "flagged": pl.Boolean,
    "report_ids": TEXTS,
}
ACT = {
    "report_id": pl.String,
    "acts": TEXTS,
    "channels": TEXTS,
    "at": pl.Datetime("us"),
    "until": pl.Datetime("us"),
    "precision": pl.String,
}
CHANGE = {
    "course_id": pl.String,
    "kind": pl.String,
    "at": pl.Datetime("us", "UTC"),
    "reports_joined": TEXTS,
    "reports_left": TEXTS,
}
DECISION = {"course_id": pl.String, "kind": pl.String, "at": pl.Datetime("us", "UTC"), "report_ids": TEXTS}
MEMBER = {"record_id": pl.String, "person_id": pl.String}


@dataclass(frozen=True, slots=True)
class Held:
    """``versions``: every version of every report. The other frames belong to the current ones; ``changes``
    are what the rules made of the patterns, one computation after the other."""

    versions: pl.DataFrame
    people: pl.DataFrame
    offences: pl.DataFrame
    occasions: pl.DataFrame
    courses: pl.DataFrame
    acts: pl.DataFrame
    changes: pl.DataFrame
    decisions: pl.DataFrame

    @property
    def reports(self) -> pl.DataFrame:
        """Each report in its current version."""
        return self.versions.filter("current")


def read() -> Held:
    """Everything that an export may need, in a handful of statements."""
    versions = ReportVersion.objects.annotate(current=Q(superseded_at=None)).order_by("report_id", "version")
    current = Q(version__superseded_at=None)
    people = PersonRecord.objects.filter(current, role__in=("victim", "suspect"))
    named = people.annotate(named=~Q(surname=None) & ~Q(surname="")).order_by("record_id")
    standing = Course.objects.filter(superseded_at=None).order_by("course_id")
    members = _frame(Membership.objects.filter(current=True).order_by("record_id"), MEMBER)
    return Held(
        versions=_frame(versions, REPORT),
        people=_frame(named, PERSON).join(members, on="record_id", how="left", maintain_order="left"),
        offences=_frame(OffenceRecord.objects.filter(current).order_by("version_id", "offence_seq"), OFFENCE),
        occasions=_frame(
            OccasionRecord.objects.filter(current).order_by("version_id", "occasion_seq"), OCCASION
        ),
        courses=_frame(standing, COURSE),
        acts=_frame(
            Occasion.objects.filter(course__superseded_at=None, reversed=False).order_by(
                "report_id", "occasion_seq", "pk"
            ),
            ACT,
        ),
        changes=_frame(CourseChange.objects.order_by("course_id", "at", "pk"), CHANGE),
        decisions=_frame(
            Decision.objects.order_by("course_id", "at", "pk"), DECISION, report_ids="version__report_ids"
        ),
    )


def _frame(rows: Any, schema: dict[str, Any], **elsewhere: str) -> pl.DataFrame:
    """Rows of a query with these columns; ``elsewhere`` says where a column is called otherwise."""
    found: Iterable[tuple[Any, ...]] = rows.values_list(*(elsewhere.get(name, name) for name in schema))
    return pl.DataFrame(list(found), schema=schema, orient="row")
