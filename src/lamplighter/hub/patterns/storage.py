"""Results of the rules to rows of the database, version by version, and back to frames."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import polars as pl
from django.utils import timezone

from lamplighter.courses.coding.corrections import ACCEPTED, ADDED, REMOVED, UNDONE
from lamplighter.courses.grouping.course_ids import Version
from lamplighter.courses.results import COURSES_SCHEMA, FINDINGS_SCHEMA, OCCASIONS_SCHEMA, Found
from lamplighter.hub.patterns.models import (
    Computation,
    Correction,
    Course,
    CourseChange,
    Finding,
    Occasion,
)
from lamplighter.hub.site.postgresql.prepared import add, cursor

# Rules that follow the calendar: that a day passed is not a change of the pattern.
OF_THE_CALENDAR = frozenset({"frequency", "six_month_limit"})
_DERIVED_FROM_NOW = {"urgency_rank", "urgency_key", "urgency_reasons"}
_AT_ONCE = 2_000
_KINDS = {
    Correction.Kind.ACCEPT: ACCEPTED,
    Correction.Kind.ADD: ADDED,
    Correction.Kind.REMOVE: REMOVED,
    Correction.Kind.UNDO: UNDONE,
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
    """Changes that a computation made: course ids by kind of change."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {k: len(getattr(self, k)) for k in ("new", "changed", "unchanged", "gone")}


def computed(found: Found) -> list[Computed]:
    """The patterns that were found."""
    parts: list[dict[str, list[dict[str, Any]]]] = []
    for rows in (found.occasions, found.findings):
        of_course = defaultdict(list)
        for row in rows:
            of_course[row["course_id"]].append(row)
        parts.append(of_course)
    occasions, findings = parts
    return [
        Computed(row, occasions[row["course_id"]], findings[row["course_id"]])
        for row in found.courses
        if row["kind"] == "pattern"
    ]


Because: TypeAlias = Callable[[list[Course]], Mapping[int, list[int]]]


def write(
    computation: Computation,
    found: list[Computed],
    standing: dict[str, Course],
    because: Because = lambda changed: {},
) -> Written:
    """Bring the standing versions in line with ``found``; ``standing`` is all that it may replace.

    ``computation`` is not saved yet: it is written with the counts of what it changed. ``because`` says by
    which lessons versions that change read otherwise.
    """
    written = Written()
    now = timezone.now()
    changes: list[CourseChange] = []
    fresh: list[Computed] = []
    older: list[tuple[Course, Computed]] = []
    superseded: list[int] = []
    known_before: set[str] = set()
    if any(f.course_id not in standing for f in found):
        known = Course.objects.filter(course_id__in=[f.course_id for f in found])
        known_before = set(known.values_list("course_id", flat=True))
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
            changes.append(_change(one, old))
        else:
            written.new.append(one.course_id)
            kind = CourseChange.Kind.BACK if one.course_id in known_before else CourseChange.Kind.NEW
            changes.append(
                CourseChange(
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
                course_id=course_id,
                kind=CourseChange.Kind.GONE,
                reports_left=old.report_ids,
                rules_lost=old.rules_met,
            )
        )
    computation.counts = written.counts()
    [computation.pk] = add([computation])
    went = set(superseded)
    lessons = because([old for old in standing.values() if old.pk in went])
    of_course = {old.course_id: lessons[old.pk] for old in standing.values() if old.pk in lessons}
    for change in changes:
        change.computation = computation
        change.learned = of_course.get(change.course_id, [])
    _follow_the_calendar(older)
    if superseded:
        Course.objects.filter(pk__in=superseded).update(superseded_at=now)
    _insert(computation, fresh)
    add(changes)
    return written


def _change(one: Computed, old: Course) -> CourseChange:
    reports, rules = set(one.report_ids), set(one.rules_met)
    return CourseChange(
        course_id=one.course_id,
        kind=CourseChange.Kind.CHANGED,
        reports_joined=sorted(reports - set(old.report_ids)),
        reports_left=sorted(set(old.report_ids) - reports),
        rules_added=sorted(rules - set(old.rules_met) - OF_THE_CALENDAR),
        rules_lost=sorted(set(old.rules_met) - rules - OF_THE_CALENDAR),
    )


def _insert(computation: Computation, fresh: Sequence[Computed]) -> None:
    names = [c for c in COURSES_SCHEMA if c not in {"urgency_rank"}]
    of_occasion = [n for n in OCCASIONS_SCHEMA if n not in {"course_id", "occasion_no", "reason"}]
    of_finding = [n for n in FINDINGS_SCHEMA if n != "course_id"]
    for start in range(0, len(fresh), _AT_ONCE):
        part = fresh[start : start + _AT_ONCE]
        courses = add(
            [
                Course(
                    computation=computation,
                    digest=one.digest,
                    rules_met=one.rules_met,
                    report_ids=one.report_ids,
                    **{n: one.course[n] for n in names},
                )
                for one in part
            ]
        )
        made = list(zip(courses, part, strict=True))
        add(
            [
                Occasion(
                    course_id=number,
                    place=place,
                    number=o["occasion_no"],
                    **{n: o[n] for n in of_occasion},
                    reason=o["reason"] or "",
                )
                for number, one in made
                for place, o in enumerate(one.occasions)
            ]
        )
        add(
            [
                Finding(course_id=number, **{n: f[n] for n in of_finding})
                for number, one in made
                for f in one.findings
            ]
        )


def _days_passed(old: Course, one: Computed) -> bool:
    """Whether a pattern in which nothing happened says something else today: 9 days ago is now 10."""
    key, reasons = one.course["urgency_key"], one.course["urgency_reasons"]
    return bool(list(old.urgency_key) != key or old.urgency_reasons != reasons)


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


def corrections(report_ids: Collection[str] | None = None) -> list[dict[str, Any]]:
    """People's corrections as the rules read them, of some reports or of all."""
    where = "true" if report_ids is None else "report_id = ANY(%s::text[])"
    with cursor() as asked:
        found = asked.execute(_CORRECTIONS.format(where), _given(report_ids), prepare=True).fetchall()
    return [
        {
            "report_id": report_id,
            "occasion_seq": occasion_seq,
            "kind": _KINDS[Correction.Kind(kind)],
            "behaviour": behaviour,
            "by": str(by),
            "at": timezone.localtime(at).replace(tzinfo=None),
            "reason": reason,
        }
        for report_id, occasion_seq, kind, behaviour, by, at, reason in found
    ]


def memory(victims: Collection[str] | None = None) -> list[Version]:
    """Every version of the patterns by unknown persons, so that their ids outlast a change of reports.

    Args:
        victims: person ids; None for everybody.
    """
    where = "true" if victims is None else "victim_person = ANY(%s::text[])"
    with cursor() as asked:
        values = asked.execute(_MEMORY.format(where), _given(victims), prepare=True).fetchall()
    return [
        (course_id, victim, report_id, pk, standing, decided)
        for pk, course_id, victim, report_ids, standing, decided in values
        for report_id in report_ids
    ]


def victims() -> dict[str, str]:
    """Return who the victim is of each standing pattern of two known persons, by its id.

    Where each has reported the other there are two patterns of the same two, and each keeps its id.
    """
    standing = Course.objects.filter(superseded_at=None).exclude(suspect_person=None)
    return dict(standing.values_list("course_id", "victim_person"))


_CORRECTIONS = """
SELECT report_id, occasion_seq, kind, behaviour, by_id, at, reason FROM patterns_correction
WHERE {} AND kind <> 'declined' ORDER BY at, id
"""
_MEMORY = """
SELECT id, course_id, victim_person, report_ids, superseded_at IS NULL,
    (SELECT count(*) FROM patterns_decision d WHERE d.version_id = c.id)
FROM patterns_course c WHERE suspect_person IS NULL AND {}
"""


def _given(ids: Collection[str] | None) -> list[list[str]]:
    return [] if ids is None else [list(ids)]


def frames(courses: Iterable[Course]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Standing versions as the frames that the order of the list reads: courses, occasions, findings."""
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
