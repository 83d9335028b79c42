"""A case with two sides, and a rule of safe contact, for the tests of the victim's side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.test import Client

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.victim_side.models import SafeContact
from lamplighter.hub.victim_side.rules import LONDON
from lamplighter.hub.victim_side.services import safe_contact
from tests.integration.access import making

BACKEND = "django.contrib.auth.backends.ModelBackend"
ALL_WAYS = ["text", "call", "voicemail", "email", "letter", "in_person"]

# Every category of enhanced rights refused, and what a person sends who refuses it.
NO_RIGHTS = {"serious": "no", "targeted": "no", "vulnerable": "no"}


def as_typed(answers: dict[str, str]) -> dict[str, str]:
    return {f"category_{code}": said for code, said in answers.items()}


@dataclass
class World:
    case: Case
    advocate: User
    investigator: User
    lead: User
    coordinator: User
    clinician: User
    probation: User

    def others(self) -> list[User]:
        """Everybody on the case but the advocate."""
        return [self.investigator, self.lead, self.coordinator, self.clinician, self.probation]


def a_world() -> World:
    investigator = making.somebody(Role.INVESTIGATOR)
    return World(
        case=making.a_case(investigator, "helpline", "health", "probation"),
        advocate=making.somebody(Role.ADVOCATE, "helpline"),
        investigator=investigator,
        lead=making.somebody(Role.STALKING_LEAD),
        coordinator=making.somebody(Role.COORDINATOR),
        clinician=making.somebody(Role.CLINICIAN, "health"),
        probation=making.somebody(Role.PROBATION, "probation"),
    )


@contextmanager
def told(user: User, *when: int) -> Iterator[None]:
    """As this person, at this London time: ``told(advocate, 2026, 4, 2, 10)``."""
    with as_person(user), moment.at(dt.datetime(*when, tzinfo=LONDON)):
        yield


def a_rule(user: User, case: Case, *, seen: str = "", **values: Any) -> SafeContact:
    """Every way, at any time, unless said otherwise."""
    with as_person(user):
        return safe_contact.set_rule(user, case, seen=seen, **({"channels": ALL_WAYS} | values))


def london(*when: int) -> dt.datetime:
    return dt.datetime(*when, tzinfo=LONDON)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


PRESSURE = {"others_present": "no", "asked_to_stop": "no", "afraid_to_say": "no"}
