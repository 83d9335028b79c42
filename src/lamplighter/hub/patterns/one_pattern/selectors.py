"""Everything that the pages of one pattern say, read once: the course, its reports and the people in them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from lamplighter.hub.accounts import selectors
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.confidentiality import selectors as readers
from lamplighter.hub.patterns.decisions import time_limits
from lamplighter.hub.patterns.models import Course, Finding, Occasion
from lamplighter.hub.people import selectors as people
from lamplighter.linkage.explain import naming

Row = dict[str, Any]
# Of a person of whom whoever asks may read no record.
NAMED_ELSEWHERE = "a person named in a report that you cannot read"


@dataclass(frozen=True)
class Reading:
    """One version of a pattern with the reports and records that it is made from."""

    course: Course
    occasions: tuple[Occasion, ...]
    findings: dict[str, Finding]
    reports: dict[str, Row]
    people: tuple[Row, ...]
    agencies: dict[str, str]
    keys: dict[str, Any]
    # Reports of it whose words whoever asks may not read.
    elsewhere: tuple[readers.Elsewhere, ...] = ()

    @cached_property
    def victim(self) -> tuple[Row, ...]:
        """The records of the victim, as reported."""
        return tuple(r for r in self.people if r["person_id"] == self.course.victim_person)

    @cached_property
    def suspect(self) -> tuple[Row, ...]:
        """The records of the suspect; none when nobody is identified."""
        person = self.course.suspect_person
        return tuple(r for r in self.people if person and r["person_id"] == person)

    @property
    def forward(self) -> tuple[Occasion, ...]:
        """Occasions on which the suspect is said to act on the victim."""
        return tuple(o for o in self.occasions if not o.reversed)

    @property
    def numbered(self) -> dict[int, list[Occasion]]:
        """Accounts by occasion: one thing told to two forces is one occasion."""
        found: dict[int, list[Occasion]] = defaultdict(list)
        for o in self.occasions:
            found[o.number].append(o)
        return dict(found)

    @property
    def victim_name(self) -> str:
        if self.elsewhere and not self.victim:
            return NAMED_ELSEWHERE
        return naming.called(self.victim)

    @property
    def suspect_name(self) -> str:
        if self.elsewhere and self.course.suspect_person and not self.suspect:
            return NAMED_ELSEWHERE
        return naming.called(self.suspect) if self.suspect else "somebody not yet identified"

    def agency(self, code: str) -> str:
        return self.agencies.get(code, code)


def read(course: Course) -> Reading:
    """Everything about one version, with the records of its two people in its reports."""
    held = intake.rows(course.report_ids)
    reports = {r["report_id"]: r for r in held["reports"]}
    person_of = people.person_of([r["record_id"] for r in held["people"]])
    rows = tuple(r | {"person_id": person_of.get(r["record_id"])} for r in _in_order(held["people"], reports))
    occasions = tuple(course.occasions.order_by("place"))
    findings = {f.rule_id: f for f in course.findings.all()}
    time_limits.as_of_today(findings, occasions, timezone.localdate())
    return Reading(
        course=course,
        occasions=occasions,
        findings=findings,
        reports=reports,
        people=rows,
        agencies=selectors.agency_names(),
        keys=intake.report_keys(course.report_ids),
        elsewhere=tuple(readers.elsewhere(course.report_ids)),
    )


def _in_order(rows: list[Row], reports: dict[str, Row]) -> list[Row]:
    """People in the order in which they were reported."""
    return sorted(rows, key=lambda r: (str(reports[r["report_id"]]["reported_at"] or ""), r["record_id"]))
