"""Results of the rules to rows of the database, version by version, and back to frames."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.utils import timezone

from lamplighter.courses.corrections import ACCEPTED, ADDED, REMOVED
from lamplighter.courses.corrections import SCHEMA as CORRECTIONS_SCHEMA
from lamplighter.courses.course_ids import MEMORY_SCHEMA
from lamplighter.courses.results import COURSES_SCHEMA, FINDINGS_SCHEMA, OCCASIONS_SCHEMA, CourseResult
from lamplighter.hub.patterns.models import (
    Computation,
    Correction,
    Course,
    CourseChange,
    Decision,
    Finding,
    Occasion,
)

# Rules that follow the calendar: that a day passed is not a change of the pattern.
OF_THE_CALENDAR = frozenset({"frequency", "six_month_limit"})
_DERIVED_FROM_NOW = {"urgency_rank", "urgency_key", "urgency_reasons"}
_AT_ONCE = 2_000
_KINDS = {
    Correction.Kind.ACCEPT: ACCEPTED,
    Correction.Kind.ADD: ADDED,
    Correction.Kind.REMOVE: REMOVED,
}


@dataclass(frozen=True, slots=True)
class Computed:
    """One course with its parts, as plain values."""

    course: dict[str, Any]
    occasions: list[dict[str, Any]]
    findings: list[dict[str, Any]]

    @property
    def course_id(self) -> str:
        return str(self.course["course_id"])

    @property
    def report_ids(self) -> list[str]:
        return sorted({o["report_id"] for o in self.occasions})

    @property
    def rules_met(self) -> list[str]:
        return sorted(f["rule_id"] for f in self.findings if f["met"])

    @property
    def digest(self) -> str:
        """The same for the same pattern, on whichever day it is computed."""
        told = {
            "course": {k: v for k, v in self.course.items() if k not in _DERIVED_FROM_NOW},
            "occasions": self.occasions,
            "findings": sorted(
                (f["rule_id"], f["rule_version"], f["met"], f["evidence"])
                for f in self.findings
                if f["rule_id"] not in OF_THE_CALENDAR
            ),
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(slots=True)
class Written:
    """What a computation changed: course ids by kind of change."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {k: len(getattr(self, k)) for k in ("new", "changed", "unchanged", "gone")}


def computed(result: CourseResult, persons: Collection[str] | None = None) -> list[Computed]:
    """The patterns of a result; with ``persons``, those with one of them as victim or suspect."""
    chosen = result.courses.filter(pl.col("kind") == "pattern")
    if persons is not None:
        wanted = list(persons)
        chosen = chosen.filter(
            pl.col("victim_person").is_in(wanted) | pl.col("suspect_person").is_in(wanted).fill_null(False)
        )
    ids = chosen["course_id"].implode()
    parts: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for name, frame in (("occasions", result.occasions), ("findings", result.findings)):
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in frame.filter(pl.col("course_id").is_in(ids)).iter_rows(named=True):
            rows[row["course_id"]].append(row)
        parts[name] = rows
    return [
        Computed(row, parts["occasions"][row["course_id"]], parts["findings"][row["course_id"]])
        for row in chosen.iter_rows(named=True)
    ]


def write(computation: Computation, found: list[Computed], standing: dict[str, Course]) -> Written:
    """Bring the standing versions in line with ``found``; ``standing`` is all that it may replace."""
    written = Written()
    now = timezone.now()
    changes: list[CourseChange] = []
    fresh: list[Computed] = []
    older: list[tuple[Course, Computed]] = []
    superseded: list[int] = []
    known_before = set(
        Course.objects.filter(course_id__in=[f.course_id for f in found]).values_list("course_id", flat=True)
    )
    for one in found:
        old = standing.get(one.course_id)
        if old is not None and old.digest == one.digest:
            written.unchanged.append(one.course_id)
            if _days_passed(old, one):
                older.append((old, one))
            continue
        fresh.append(one)
        if old is not None:
            superseded.append(old.pk)
            written.changed.append(one.course_id)
            changes.append(_change(computation, one, old))
        else:
            written.new.append(one.course_id)
            kind = CourseChange.Kind.BACK if one.course_id in known_before else CourseChange.Kind.NEW
            changes.append(
                CourseChange(
                    computation=computation,
                    course_id=one.course_id,
                    kind=kind,
                    reports_joined=one.report_ids,
                    rules_added=one.rules_met,
                )
            )
    for course_id in sorted(set(standing) - {f.course_id for f in found}):
        old = standing[course_id]
        superseded.append(old.pk)
        written.gone.append(course_id)
        changes.append(
            CourseChange(
                computation=computation,
                course_id=course_id,
                kind=CourseChange.Kind.GONE,
                reports_left=old.report_ids,
                rules_lost=old.rules_met,
            )
        )
    _follow_the_calendar(older)
    Course.objects.filter(pk__in=superseded).update(superseded_at=now)
    _insert(computation, fresh)
    CourseChange.objects.bulk_create(changes, batch_size=_AT_ONCE)
    return written


def _change(computation: Computation, one: Computed, old: Course) -> CourseChange:
    reports, rules = set(one.report_ids), set(one.rules_met)
    return CourseChange(
        computation=computation,
        course_id=one.course_id,
        kind=CourseChange.Kind.CHANGED,
        reports_joined=sorted(reports - set(old.report_ids)),
        reports_left=sorted(set(old.report_ids) - reports),
        rules_added=sorted(rules - set(old.rules_met) - OF_THE_CALENDAR),
        rules_lost=sorted(set(old.rules_met) - rules - OF_THE_CALENDAR),
    )


def _insert(computation: Computation, fresh: list[Computed]) -> None:
    names = [c for c in COURSES_SCHEMA if c not in {"urgency_rank"}]
    rows = [
        Course(
            computation=computation,
            digest=one.digest,
            rules_met=one.rules_met,
            report_ids=one.report_ids,
            **{n: one.course[n] for n in names},
        )
        for one in fresh
    ]
    made = Course.objects.bulk_create(rows, batch_size=_AT_ONCE)
    Occasion.objects.bulk_create(
        (
            Occasion(
                course=course,
                place=place,
                number=o["occasion_no"],
                **{n: o[n] for n in OCCASIONS_SCHEMA if n not in {"course_id", "occasion_no", "reason"}},
                reason=o["reason"] or "",
            )
            for course, one in zip(made, fresh, strict=True)
            for place, o in enumerate(one.occasions)
        ),
        batch_size=_AT_ONCE,
    )
    Finding.objects.bulk_create(
        (
            Finding(course=course, **{n: f[n] for n in FINDINGS_SCHEMA if n != "course_id"})
            for course, one in zip(made, fresh, strict=True)
            for f in one.findings
        ),
        batch_size=_AT_ONCE,
    )


def _days_passed(old: Course, one: Computed) -> bool:
    """Whether a pattern in which nothing happened says something else today: 9 days ago is now 10."""
    key, reasons = one.course["urgency_key"], one.course["urgency_reasons"]
    return list(old.urgency_key) != key or old.urgency_reasons != reasons


def _follow_the_calendar(older: list[tuple[Course, Computed]]) -> None:
    """Nothing happened in these patterns, but time passed: what they say follows it."""
    told = {(old.pk, f["rule_id"]): f for old, one in older for f in one.findings}
    for old, one in older:
        old.urgency_key, old.urgency_reasons = one.course["urgency_key"], one.course["urgency_reasons"]
        old.rules_met = one.rules_met
    Course.objects.bulk_update(
        [old for old, _ in older], ["urgency_key", "urgency_reasons", "rules_met"], batch_size=_AT_ONCE
    )
    moved = []
    for finding in Finding.objects.filter(course__in=[old.pk for old, _ in older]) if older else ():
        now = told.get((finding.course_id, finding.rule_id))
        if now is not None and finding.words != now["words"]:
            finding.words, finding.met, finding.evidence = now["words"], now["met"], now["evidence"]
            moved.append(finding)
    Finding.objects.bulk_update(moved, ["words", "met", "evidence"], batch_size=_AT_ONCE)


def corrections_frame(report_ids: Collection[str] | None = None) -> pl.DataFrame:
    """People's corrections as the rules read them."""
    found = Correction.objects.order_by("at", "pk")
    if report_ids is not None:
        found = found.filter(report_id__in=report_ids)
    rows = [
        {
            "report_id": c.report_id,
            "occasion_seq": c.occasion_seq,
            "kind": _KINDS[c.kind],
            "behaviour": c.behaviour,
            "by": str(c.by_id),
            "at": timezone.localtime(c.at).replace(tzinfo=None),
            "reason": c.reason,
        }
        for c in found
    ]
    return pl.DataFrame(rows, schema=CORRECTIONS_SCHEMA)


def memory_frame(victims: Collection[str] | None = None) -> pl.DataFrame:
    """Every version of the patterns by unknown persons, so that their ids outlast a change of reports.

    Args:
        victims: person ids; None for everybody.
    """
    found = Course.objects.filter(suspect_person=None)
    if victims is not None:
        found = found.filter(victim_person__in=victims)
    decided = Counter(
        Decision.objects.filter(version__suspect_person=None).values_list("version_id", flat=True)
    )
    values = found.values_list("pk", "course_id", "victim_person", "report_ids", "superseded_at")
    rows = [
        (course_id, victim, report_id, pk, superseded_at is None, decided[pk])
        for pk, course_id, victim, report_ids, superseded_at in values
        for report_id in report_ids
    ]
    return pl.DataFrame(rows, schema=MEMORY_SCHEMA, orient="row")


def frames(courses: Iterable[Course]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Standing versions as the frames that the rules of urgency read: courses, occasions, findings."""
    held = {c.pk: c for c in courses}
    of_course = [n for n in COURSES_SCHEMA if n not in _DERIVED_FROM_NOW]
    of_occasion = [n for n in OCCASIONS_SCHEMA if n not in {"course_id", "occasion_no"}]
    occasions = Occasion.objects.filter(course__in=held).order_by("course_id", "place")
    return (
        pl.DataFrame(
            [{n: getattr(c, n) for n in of_course} for c in held.values()],
            schema={n: COURSES_SCHEMA[n] for n in of_course},
        ),
        pl.DataFrame(
            [
                {"course_id": held[o.course_id].course_id, "occasion_no": o.number}
                | {n: getattr(o, n) for n in of_occasion}
                for o in occasions
            ],
            schema=OCCASIONS_SCHEMA,
        ),
        pl.DataFrame(
            [
                {"course_id": c.course_id, "rule_id": r, "met": True}
                for c in held.values()
                for r in c.rules_met
            ],
            schema={n: FINDINGS_SCHEMA[n] for n in ("course_id", "rule_id", "met")},
        ),
    )
