"""A case whose suspect is of a known person record, and answers of the index about that record."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.elsewhere import services, tokens
from lamplighter.hub.elsewhere.models import Known, Release
from lamplighter.hub.people.models import Membership
from tests.integration.access import making

RECORD, PERSON = "force_a_rms:R0000001", "P-000001"
WHY = "To plan the arrest on Monday"


def manager() -> User:
    return making.somebody(Role.COORDINATOR, "hub")


def a_case(officer: User, *others: str, person: str = PERSON) -> Case:
    """A case whose suspect linkage knows as ``person``, with one record of their own."""
    with identity.as_person(officer):
        case = making.a_case(officer, *others)
    with making.as_the_owner():
        Membership.objects.get_or_create(
            record_id=RECORD if person == PERSON else f"{RECORD}-{person}",
            defaults={"person_id": person, "report_id": "force_a_rms:1", "role": "suspect", "born": 1},
        )
        Party.objects.filter(case=case, side="suspect").update(person_id=person)
    return case


def row(**values: Any) -> dict[str, Any]:
    """One row of an answer about the suspect."""
    return {
        "release": "2026-10",
        "as_at": timezone.localdate().isoformat(),
        "hub": "this-hub",
        "suspect": tokens.token_of(RECORD),
        "force": "force-07",
        "force_name": "Thorleshire Police",
        "kind": "other_victim",
        "belief": 0.97,
        "belief_words": "very_likely",
        "doubts": "address_differs",
        "forces_known": 3,
        "forces_read": 42,
        "forces_missing": "force-19",
        "contact_name": "Stalking desk",
        "contact_email": "desk@thorleshire.example",
        "contact_phone": "01632 960007",
    } | values


def content(*rows: dict[str, Any]) -> bytes:
    made = io.StringIO()
    writer = csv.DictWriter(made, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return made.getvalue().encode()


def receive(*rows: dict[str, Any], by: User | None = None) -> Release:
    user = by or manager()
    with identity.as_person(user):
        return services.receive(user, "known_elsewhere.csv", content(*(rows or (row(),))))


def look(user: User, case: Case, reason: str = WHY) -> list[Known]:
    with identity.as_person(user):
        return services.look(user, case, reason)
