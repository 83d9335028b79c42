"""Find what is held under a term, as the person of the transaction may see it.

Details are compared as they are recorded on people's records. What a victim told one agency about how to
reach her is not looked at: it would answer the question whether a number is hers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from lamplighter.hub.cases.models import Case, Referral
from lamplighter.hub.cases.referrals import selectors as listing
from lamplighter.hub.intake.models import PersonRecord, ReportVersion
from lamplighter.hub.patterns import selectors as patterns
from lamplighter.hub.people.models import Membership
from lamplighter.hub.search.terms import Term
from lamplighter.records.canonical.handles import PLATFORMS

MOST = 50
"""Rows of each kind that a page shows; nobody reads further."""
MOST_READ = 4 * MOST
"""People's records that are read."""


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A person with the name on the first record that was found, and what was found of them by its name."""

    person_id: str
    rows: list[PersonRecord]
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundRecords:
    """Persons, reports (the newest first) and patterns found in the records, in the order of the list.

    ``more`` names the kinds of which there are more than these.
    """

    people: list[FoundPerson]
    reports: list[ReportVersion]
    patterns: list[patterns.Standing]
    more: frozenset[str] = frozenset()


def cases(term: Term) -> list[Case]:
    """Cases that one may open: by reference, by somebody's name, by a crime number of the referral. One more
    than :data:`MOST` where there are more."""
    if listing.as_reference(term.text):
        return listing.by_reference(term.text)
    found = {case.pk: case for case in listing.by_name(term.text, MOST + 1)} if term.words else {}
    if any(c.isdigit() for c in term.text):
        numbers = Referral.objects.filter(crime_numbers__icontains=term.text).values("case")
        found |= {case.pk: case for case in Case.objects.filter(pk__in=numbers)[: MOST + 1]}
    return list(found.values())[: MOST + 1]


def records(term: Term) -> FoundRecords:
    """Records of people with this name or detail and reports with this reference, and what they belong to."""
    wanted = _details(term)
    read = list(
        PersonRecord.objects.filter(wanted, version__superseded_at=None).order_by("-version_id")[
            : MOST_READ + 1
        ]
        if wanted
        else ()
    )
    rows = read[:MOST_READ]
    own = ReportVersion.objects.filter(superseded_at=None, source_ref__iexact=term.text)
    versions = {v.pk: v for v in own[: MOST + 1]}
    versions |= ReportVersion.objects.in_bulk({row.version_id for row in rows})
    ids = [v.report_id for v in versions.values()]
    people = _people(rows, term)
    by_id = (
        Q(course_id__iexact=term.text) | Q(report_ids__overlap=ids) if ids else Q(course_id__iexact=term.text)
    )
    members = [p.person_id for p in people]
    of = by_id | Q(victim_person__in=members) | Q(suspect_person__in=members)
    courses = list(patterns.standing().filter(of).order_by("urgency_key", "course_id")[: MOST + 1])
    # Of what was not read it is not known what it belongs to.
    numbers = {"person": len(people), "report": len(versions), "pattern": len(courses)}
    more = frozenset(noun for noun, n in numbers.items() if n > MOST or len(read) > MOST_READ)
    return FoundRecords(people[:MOST], _newest_first(versions.values())[:MOST], courses[:MOST], more)


def _newest_first(found: Iterable[ReportVersion]) -> list[ReportVersion]:
    """By when they were reported; those of which that is not known last."""
    return sorted(
        found, key=lambda v: (v.reported_at.isoformat() if v.reported_at else "", v.pk), reverse=True
    )


def _details(term: Term) -> Q:
    found = Q()
    if term.words:
        names = Q()
        for word in term.words:
            names &= Q(forenames__icontains=word) | Q(surname__icontains=word) | Q(nicknames__contains=[word])
        found |= names
    if term.phone:
        found |= Q(phones__contains=[term.phone])
    if term.mail:
        found |= Q(emails__contains=[term.mail])
    if term.account:
        found |= Q(handles__overlap=[f"{platform}:{term.account}" for platform in (*PLATFORMS, "?")])
    if term.mark:
        found |= Q(vehicles__contains=[term.mark])
    if term.postcode:
        found |= Q(postcode__iexact=term.postcode)
    if term.place:
        found |= Q(address_text__icontains=term.place)
    if term.born:
        found |= Q(birth_date=term.born)
    return found


def _people(rows: Iterable[PersonRecord], term: Term) -> list[FoundPerson]:
    of = {row.record_id: row for row in rows}
    members = Membership.objects.filter(current=True, record_id__in=of).order_by("person_id")
    grouped: dict[str, list[PersonRecord]] = {}
    for record, person in members.values_list("record_id", "person_id"):
        grouped.setdefault(person, []).append(of[record])
    return [FoundPerson(person, own, _by(own, term)) for person, own in grouped.items()]


def _by(rows: Iterable[PersonRecord], term: Term) -> tuple[str, ...]:
    """Which details were found, in words; a name is none."""
    held = list(rows)
    said = {
        "telephone": bool(term.phone) and any(term.phone in (r.phones or ()) for r in held),
        "email address": bool(term.mail) and any(term.mail in (r.emails or ()) for r in held),
        "account": bool(term.account)
        and any(h.partition(":")[2] == term.account for r in held for h in r.handles or ()),
        "vehicle": bool(term.mark) and any(term.mark in (r.vehicles or ()) for r in held),
        "postcode": bool(term.postcode) and any(r.postcode == term.postcode for r in held),
        "address": bool(term.place)
        and any(term.place.lower() in (r.address_text or "").lower() for r in held),
        "date of birth": bool(term.born) and any(r.birth_date == term.born for r in held),
    }
    return tuple(name for name, there in said.items() if there)
