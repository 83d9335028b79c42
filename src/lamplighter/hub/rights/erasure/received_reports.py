"""The received reports that are about the two people of a case and nobody else, and who owns them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from django.db.models import Exists, OuterRef

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.intake.models import Amendment, PersonRecord, ReportVersion
from lamplighter.hub.intake.storage.services import PURPOSE
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.people.matching import selectors as current_ids
from lamplighter.hub.people.models import Membership

# The two parts of a report that say whom it is about. Who told it, or saw it, does not make it about them.
ABOUT = ("victim", "suspect", "involved")
Told: TypeAlias = tuple[str, str, set[str]]
"""A report's id, its agency, and whom it is about."""


@dataclass(frozen=True, slots=True)
class OfCase:
    """``own``: report ids by owning agency. ``with_others``: how many reports tell of somebody else too."""

    own: dict[str, list[str]] = field(default_factory=dict)
    with_others: Counter[str] = field(default_factory=Counter)

    def of(self, agencies: Collection[str]) -> list[str]:
        """Ids of the reports of these agencies that can go."""
        return [report for agency in sorted(agencies) for report in self.own.get(agency, [])]


def of_case(case: Case) -> OfCase:
    """Look for them by who linkage says the two are. Nothing where the case names no linked person.

    To be called as the service that erases: it reads the parties of every case.
    Reports stay as long as another case is about the same two.
    """
    parties = Party.objects.filter(case=case).exclude(person_id="")
    named = {(p.side, p.person_id) for p in parties}
    other = _other_cases(case, {person for _, person in named})
    with as_service(PURPOSE):
        course = Course.objects.filter(course_id=case.course_id).order_by("-pk").first()
        victims = {person for side, person in named if side == Party.Side.VICTIM}
        suspects = {person for side, person in named if side == Party.Side.SUSPECT}
        if course:
            victims.add(course.victim_person)
            suspects |= {course.suspect_person} if course.suspect_person else set()
        if not victims:
            return OfCase()
        victims, suspects = _as_today(victims), _as_today(suspects)
        if any(_as_today(a) & victims and _as_today(b) & suspects for a, b in other):
            return OfCase()
        found = OfCase()
        _sort(found, _standing(victims), victims, suspects, set(course.report_ids) if course else set())
        # What was withdrawn is in older versions of the pattern alone.
        ever = Course.objects.filter(course_id=case.course_id).values_list("report_ids", flat=True)
        _sort(found, _withdrawn(), victims, suspects, {r for reports in ever for r in reports})
        return found


def _other_cases(case: Case, persons: set[str]) -> list[tuple[set[str], set[str]]]:
    """Who the two sides of other cases with one of these persons are."""
    cases = Party.objects.filter(person_id__in=persons).exclude(case=case).values("case")
    sides: dict[int, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for row in Party.objects.filter(case__in=cases).exclude(person_id=""):
        sides[row.case_id][row.side == Party.Side.SUSPECT].add(row.person_id)
    return list(sides.values())


def _as_today(persons: set[str]) -> set[str]:
    """These persons, or those that they have become. Whoever was only taken for another is nobody else."""
    return set(current_ids.everybody_who_is(persons).values())


def _sort(
    found: OfCase, told: Iterable[Told], victims: set[str], suspects: set[str], of_course: set[str]
) -> None:
    both = victims | suspects
    for report_id, agency, who in told:
        # By an unknown person: when the pattern of this case holds it.
        about_both = bool(who & victims) and (bool(who & suspects) or report_id in of_course)
        if about_both and who <= both:
            found.own.setdefault(agency, []).append(report_id)
        elif about_both:
            found.with_others[agency] += 1


def _standing(victims: set[str]) -> Iterator[Told]:
    """The reports that stand and tell of one of these."""
    told = Membership.objects.filter(person_id__in=victims, current=True)
    held = ReportVersion.objects.filter(report_id__in=told.values("report_id"), superseded_at=None)
    people: dict[int, list[str]] = defaultdict(list)
    records = PersonRecord.objects.filter(version__in=held, role__in=ABOUT)
    for version, record in records.values_list("version_id", "record_id"):
        people[version].append(record)
    everybody = [record for rows in people.values() for record in rows]
    person_of = dict(
        Membership.objects.filter(record_id__in=everybody, current=True).values_list("record_id", "person_id")
    )
    for pk, report_id, agency in held.order_by("report_id").values_list("pk", "report_id", "agency"):
        yield report_id, agency, {person_of.get(record, "") for record in people[pk]}


def _withdrawn() -> Iterator[Told]:
    """The same of every report that is withdrawn: by who its people were when it was."""
    later = ReportVersion.objects.filter(
        key=OuterRef("version__key"), version__gt=OuterRef("version__version")
    )
    gone = Amendment.objects.filter(~Exists(later), kind=Amendment.Kind.WITHDRAWN).select_related("version")
    for note in gone.order_by("version__report_id"):
        records = PersonRecord.objects.filter(version=note.version_id, role__in=ABOUT)
        then = {note.persons.get(record, "") for record in records.values_list("record_id", flat=True)}
        today = current_ids.everybody_who_is(then - {""})
        yield note.version.report_id, note.version.agency, {today.get(person, person) for person in then}
