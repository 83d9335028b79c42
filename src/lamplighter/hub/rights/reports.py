"""The received reports that are about the two people of a case and nobody else, and who owns them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from lamplighter.hub.access.identity import as_service
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.intake.erasing import PURPOSE
from lamplighter.hub.intake.models import PersonRecord, ReportVersion
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.people import joined
from lamplighter.hub.people.models import Membership

# The two parts of a report that say whom it is about. Who told it, or saw it, does not make it about them.
ABOUT = ("victim", "suspect", "involved")


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
            suspects |= {course.suspect_person} - {None}
        if not victims:
            return OfCase()
        victims, suspects = _as_today(victims), _as_today(suspects)
        if any(_as_today(a) & victims and _as_today(b) & suspects for a, b in other):
            return OfCase()
        return _sorted(victims, suspects, set(course.report_ids) if course else set())


def _other_cases(case: Case, persons: set[str]) -> list[tuple[set[str], set[str]]]:
    """Who the two sides of other cases with one of these persons are."""
    cases = Party.objects.filter(person_id__in=persons).exclude(case=case).values("case")
    sides: dict[int, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for row in Party.objects.filter(case__in=cases).exclude(person_id=""):
        sides[row.case_id][row.side == Party.Side.SUSPECT].add(row.person_id)
    return list(sides.values())


def _as_today(persons: set[str]) -> set[str]:
    """These persons, or those that they have become. Whoever was only taken for another is nobody else."""
    return set(joined.everybody_who_is(persons).values())


def _sorted(victims: set[str], suspects: set[str], of_course: set[str]) -> OfCase:
    both = victims | suspects
    told = Membership.objects.filter(person_id__in=victims, current=True)
    held = ReportVersion.objects.filter(report_id__in=told.values("report_id"), superseded_at=None)
    found = OfCase()
    people: dict[int, list[tuple[str, str]]] = defaultdict(list)
    records = PersonRecord.objects.filter(version__in=held, role__in=ABOUT)
    for version, record, role in records.values_list("version_id", "record_id", "role"):
        people[version].append((record, role))
    everybody = [record for rows in people.values() for record, _ in rows]
    person_of = dict(
        Membership.objects.filter(record_id__in=everybody, current=True).values_list("record_id", "person_id")
    )
    for pk, report_id, agency in held.order_by("report_id").values_list("pk", "report_id", "agency"):
        who = {person_of.get(record, "") for record, _ in people[pk]}
        # By an unknown person: when the pattern of this case holds it.
        about_both = bool(who & victims) and (bool(who & suspects) or report_id in of_course)
        if about_both and who <= both:
            found.own.setdefault(agency, []).append(report_id)
        elif about_both:
            found.with_others[agency] += 1
    return found
