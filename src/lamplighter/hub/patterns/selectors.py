"""Patterns as they stand, read from the database."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypedDict

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from lamplighter.courses.findings import urgency
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.models import PersonRecord, ReportVersion
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.patterns.decisions import domestic_abuse, time_limits
from lamplighter.hub.patterns.models import (
    Correction,
    Course,
    CourseChange,
    Decision,
    Holding,
    Look,
    Occasion,
)
from lamplighter.hub.people import selectors as people
from lamplighter.hub.people.models import Membership

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class NewestWord(TypedDict):
        """What :func:`standing` adds to each pattern: its newest decision, and who holds it."""

        decided: str | None
        decided_version: int | None
        holder_id: int | None

    Standing: TypeAlias = WithAnnotations[Course, NewestWord]

# Tags of the list, in the order in which they are shown: what makes one, as (field, value) of a course.
TAGS: Mapping[str, tuple[str, Q]] = {
    "ex-partner": ("Ex-partner", Q(relationship="ex_partner")),
    "breach": ("Breach", Q(rules_met__contains=["breach"])),
    "escalating": (
        "Escalating",
        Q(rules_met__contains=["escalation.kind"]) | Q(rules_met__contains=["escalation.rate"]),
    ),
    "threats": ("Threats", Q(rules_met__contains=["threats"])),
    "violence": ("Violence", Q(rules_met__contains=["violence"])),
    "followed": (
        "Followed or watched",
        Q(rules_met__contains=["limb.a"])
        | Q(rules_met__contains=["limb.e"])
        | Q(rules_met__contains=["limb.g"]),
    ),
    "other-victims": ("Other victims", Q(rules_met__contains=["other_victims"])),
    "through-others": ("Through others", Q(rules_met__contains=["proxies"])),
    "person-not-known": ("Person not known", Q(suspect_person__isnull=True)),
    "never-called-stalking": ("Never called stalking", Q(hidden=True)),
}
RULE_OF_TAG: Mapping[str, frozenset[str]] = {
    "breach": frozenset({"breach"}),
    "escalating": frozenset({"escalation.kind", "escalation.rate"}),
    "threats": frozenset({"threats"}),
    "violence": frozenset({"violence"}),
    "followed": frozenset({"limb.a", "limb.e", "limb.g"}),
    "other-victims": frozenset({"other_victims"}),
    "through-others": frozenset({"proxies"}),
}


def tags_of(course: Course) -> list[str]:
    """Keys of :data:`TAGS` that a course carries, in their order."""
    met = set(course.rules_met)
    found = []
    for tag in TAGS:
        if tag == "ex-partner":
            has = course.relationship == "ex_partner"
        elif tag == "person-not-known":
            has = course.suspect_person is None
        elif tag == "never-called-stalking":
            has = course.hidden
        else:
            has = bool(met & RULE_OF_TAG[tag])
        if has:
            found.append(tag)
    return found


def standing() -> QuerySet[Standing]:
    """Patterns as they stand, each with its newest decision and holder."""
    decisions = Decision.objects.filter(course_id=OuterRef("course_id")).order_by("-at", "-pk")
    holdings = Holding.objects.filter(course_id=OuterRef("course_id")).order_by("-at", "-pk")
    return Course.objects.filter(superseded_at=None).annotate(
        decided=Subquery(decisions.values("kind")[:1]),
        decided_version=Subquery(decisions.values("version_id")[:1]),
        holder_id=Subquery(holdings.values("holder_id")[:1]),
    )


def of_persons(person_ids: Collection[str]) -> QuerySet[Course]:
    """Standing patterns with one of these persons as victim or suspect."""
    wanted = list(person_ids)
    return Course.objects.filter(superseded_at=None).filter(
        Q(victim_person__in=wanted) | Q(suspect_person__in=wanted)
    )


def of_report(report_id: str) -> QuerySet[Course]:
    """Return standing patterns that a report is part of, in the order of the list.

    Those whose suspect it reports come before those whose suspect made it.
    """
    turned = Occasion.objects.filter(course=OuterRef("pk"), report_id=report_id, reversed=True)
    found = Course.objects.filter(superseded_at=None, report_ids__contains=[report_id])
    return found.annotate(turned=Exists(turned)).order_by("turned", "urgency_key", "course_id")


def mirrored(course: Course) -> Course | None:
    """Return the pattern of the same two with the roles reversed: each has reported the other."""
    turned = {"victim_person": course.suspect_person, "suspect_person": course.victim_person}
    return Course.objects.filter(superseded_at=None, **turned).first()


def looked_on(user: User, course_ids: Collection[str]) -> dict[str, dt.date]:
    """Return on which day a person last opened each pattern."""
    found = Look.objects.filter(by=user, course_id__in=list(course_ids)).values_list("course_id")
    return {c: timezone.localtime(at).date() for c, at in found.annotate(last=Max("at"))}


def read_otherwise(user: User, course_ids: Collection[str]) -> dict[str, dt.date]:
    """Return when each pattern last changed by what the hub learned, where this person has not opened it
    since."""
    if not course_ids:
        return {}
    since = Look.objects.filter(by=user, course_id=OuterRef("course_id"), at__gte=OuterRef("at"))
    rows = CourseChange.objects.filter(course_id__in=list(course_ids)).exclude(learned=[])
    found = rows.exclude(Exists(since)).order_by("at").values_list("course_id", "at")
    return {course_id: timezone.localtime(at).date() for course_id, at in found}


def one(course_id: str) -> Standing:
    """The standing version of a pattern. Raises ``Course.DoesNotExist``."""
    return standing().get(course_id=course_id)


def last_version(course_id: str) -> Course:
    """The newest version, standing or not. Raises ``Course.DoesNotExist``."""
    return Course.objects.filter(course_id=course_id).latest("computed_at", "pk")


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters of the list. Each is an item of the address's query; unknown values are left out."""

    view: str = "decide"
    tags: tuple[str, ...] = field(default=())
    agency: str = ""
    held: str = ""
    limit: str = ""


VIEWS: Mapping[str, str] = {
    "decide": "To decide",
    "decided": "Decided",
    "abuse": "Possible domestic or honour-based abuse",
    "other": "Other repeated matters",
}
ABOVE_THE_LINE = Q(urgency_key__0=urgency.ABOVE)
LIMIT: Mapping[str, str] = {
    "soon": "Time limit ends within 4 weeks",
    "runs": "Three months or more since the last act",
}
HELD: Mapping[str, str] = {"me": "Mine", "nobody": "Nobody's"}


def filters_from(query: Mapping[str, str], tags: Collection[str], agencies: Collection[str]) -> Filters:
    """The filters that a query asks for."""
    view = query.get("view", "decide")
    agency = query.get("agency", "")
    held = query.get("held", "")
    return Filters(
        view if view in VIEWS else "decide",
        tuple(t for t in TAGS if t in tags),
        agency if agency in agencies else "",
        held if held in HELD else "",
        limit if (limit := query.get("limit", "")) in LIMIT else "",
    )


def listed(filters: Filters, user: User) -> QuerySet[Standing]:
    """The patterns that the filters leave, in the order of the list."""
    found = standing()
    open_again = Q(decided__isnull=True) | Q(decided=Decision.Kind.NEED_MORE) | ~Q(decided_version=F("pk"))
    if filters.view == "decide":
        # What stands above the line is looked at first, whatever its reports read as.
        found = found.filter(Q(flagged=True) | ABOVE_THE_LINE).filter(open_again)
    elif filters.view == "decided":
        found = found.filter(decided__isnull=False).exclude(decided=Decision.Kind.NEED_MORE)
    elif filters.view == "abuse":
        found = domestic_abuse.waits(found)
    else:
        found = found.filter(flagged=False)
    for tag in filters.tags:
        found = found.filter(TAGS[tag][1])
    if filters.agency:
        found = found.filter(agencies__contains=[filters.agency])
    if filters.held == "me":
        found = found.filter(holder_id=user.pk)
    elif filters.held == "nobody":
        found = found.filter(holder_id__isnull=True)
    if filters.limit:
        found = time_limits.only_ending(found, timezone.localdate(), filters.limit)
    return found.order_by("urgency_key", "course_id")


def found_by(words: str) -> QuerySet[Standing]:
    """Standing patterns of people so called, or with this reference, in the order of the list.

    Every word must be in one record's names, in any order and any place.
    """
    names = Q()
    for word in words.split():
        part = Q(forenames__icontains=word) | Q(surname__icontains=word) | Q(nicknames__contains=[word])
        names &= part
    records = PersonRecord.objects.filter(names, version__superseded_at=None).values("record_id")
    members = Membership.objects.filter(current=True, record_id__in=records).values("person_id")
    reports = ReportVersion.objects.filter(superseded_at=None, source_ref__iexact=words.strip())
    ids = list(reports.values_list("report_id", flat=True))
    wanted = Q(course_id__iexact=words.strip()) | Q(victim_person__in=members) | Q(suspect_person__in=members)
    if ids:
        wanted |= Q(report_ids__overlap=ids)
    return standing().filter(wanted).order_by("urgency_key", "course_id")


def agencies() -> list[str]:
    """Codes of agencies that have a report in some standing pattern."""
    rows = Course.objects.filter(superseded_at=None).values_list("agencies", flat=True).distinct()
    return sorted({a for row in rows for a in row})


def changes_since_looked(course_ids: Collection[str]) -> dict[str, list[CourseChange] | None]:
    """For each pattern, what changed since anybody looked, newest first; ``None`` if nobody ever did."""
    found: dict[str, list[CourseChange] | None] = {}
    last = {}
    for look in Look.objects.filter(course_id__in=course_ids).order_by("at"):
        last[look.course_id] = look.at
    for course_id in course_ids:
        found[course_id] = [] if course_id in last else None
    for change in CourseChange.objects.filter(course_id__in=last).order_by("-at", "-pk"):
        known = found[change.course_id]
        if known is not None and change.at > last[change.course_id]:
            known.append(change)
    return found


def amended_since_looked(courses: Collection[Course]) -> dict[str, dict[str, set[str]]]:
    """Return, for each pattern, the reports that came again or were amended since anybody looked, by kind.

    Of those that are or were in it; nothing where nobody ever looked.
    """
    ids = [c.course_id for c in courses]
    looks = Look.objects.filter(course_id__in=ids).values_list("course_id").annotate(last=Max("at"))
    last = dict(looks)
    reports = {c.course_id: set(c.report_ids) for c in courses if c.course_id in last}
    for course_id, left in CourseChange.objects.filter(course_id__in=reports).values_list(
        "course_id", "reports_left"
    ):
        reports[course_id] |= set(left)
    done = versions.amended({r for held in reports.values() for r in held})
    found: dict[str, dict[str, set[str]]] = {course_id: {} for course_id in ids}
    for course_id, held in reports.items():
        for report_id, kind, at in done:
            if report_id in held and at > last[course_id]:
                found[course_id].setdefault(kind, set()).add(report_id)
    return found


def left_at(course_id: str) -> dict[str, dt.datetime]:
    """Return when each report that was once in a pattern left it last."""
    found: dict[str, dt.datetime] = {}
    for change in CourseChange.objects.filter(course_id=course_id).order_by("at", "pk"):
        found |= dict.fromkeys(change.reports_left, change.at)
    return found


def before(report_id: str, at: dt.datetime) -> list[Course]:
    """Return the versions of patterns that a report was part of just before a time."""
    standing = Course.objects.filter(report_ids__contains=[report_id], computed_at__lt=at)
    return list(standing.filter(Q(superseded_at=None) | Q(superseded_at__gte=at)).order_by("course_id"))


def places_of(report_id: str) -> QuerySet[Occasion]:
    """Return the incidents of standing patterns that a report tells of."""
    rows = Occasion.objects.filter(report_id=report_id, course__superseded_at=None)
    return rows.select_related("course").order_by("course__course_id", "place")


def corrected_acts(report_id: str) -> bool:
    """Return whether somebody agreed with, took out or added an act in the words of a report."""
    given = Correction.objects.filter(report_id=report_id)
    return given.exclude(kind=Correction.Kind.DECLINE).exists()


def decisions(course_id: str) -> list[Decision]:
    """Every decision on a pattern, newest first."""
    return list(
        Decision.objects.filter(course_id=course_id).select_related("by", "version").order_by("-at", "-pk")
    )


def history(course_id: str) -> list[CourseChange]:
    """List the changes that computations made to a pattern, newest first."""
    return list(CourseChange.objects.filter(course_id=course_id).order_by("-at", "-pk"))


def holder(course_id: str) -> User | None:
    """Return the person who has the pattern now."""
    newest = (
        Holding.objects.filter(course_id=course_id).select_related("holder").order_by("-at", "-pk").first()
    )
    return newest.holder if newest else None


def sharing_reports(course: Course) -> list[Course]:
    """Standing patterns that hold any of this one's reports."""
    found = standing().filter(report_ids__overlap=course.report_ids).exclude(course_id=course.course_id)
    return list(found.order_by("urgency_key", "course_id"))


_STREET = re.compile(r"(?<!\d)\d++[a-z]?\s++\w+", re.IGNORECASE)


@as_service("find patterns")
def addresses_of(persons: Collection[str]) -> tuple[str, ...]:
    """Return every address and postcode that any report holds for these persons, for papers to withhold.

    As the service: also of reports whose words whoever prints may not read. They are printed nowhere.
    """
    records = [m for held in people.records_of(list(persons)).values() for m in held]
    mine = {m.record_id for m in records}
    found: set[str] = set()
    for row in intake.rows({m.report_id for m in records})["people"] if records else []:
        if row["record_id"] in mine:
            text = row["address_text"] or ""
            # "14 Orchard Rise" gives the house away without its town.
            found |= {text, *(p for p in text.split(",") if _STREET.match(p.strip()))}
            if row["postcode"] and " " in row["postcode"]:
                found.add(row["postcode"])
    return tuple(sorted(t.strip() for t in found if len(t.strip()) > 3))
