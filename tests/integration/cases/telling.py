"""People, cases and signed-in browsers for the tests of cases."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.test import Client
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases import services
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.status import changes
from tests.integration.access import making

BACKEND = "django.contrib.auth.backends.ModelBackend"
TRIAGE = {"threshold": "fixation", "reason": "Fixed on her for two years."}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def days_ago(days: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)


def coordinator(code: str = "force-a") -> User:
    return making.somebody(Role.COORDINATOR, code)


def a_working_case(by: User, decision: str = "consultation", *others: str, **rest: Any) -> Case:
    """Referred and decided on by the same person, as that person."""
    with identity.as_person(by):
        case = making.a_case(by, *others, **rest)
        changes.triage(by, case, decision, **TRIAGE)
    return case


def a_closed_case(by: User) -> Case:
    case = a_working_case(by)
    with identity.as_person(by):
        changes.close(by, case, why="plan_done", reason="Quiet for a year.", current="no", not_done="")
    return case


def a_story(by: User) -> Case:
    """Referred 40 days ago, decided on after 2, agencies after 5, given up to step-down after 30."""
    with identity.as_person(by):
        case = making.a_case(by, "helpline", at=days_ago(40))
        changes.triage(by, case, "direct", "on_probation", "On licence.", at=days_ago(38))
        with moment.at(days_ago(37)):
            changes.set_legal_status(by, case, "investigation", days_ago(60).date(), "Crime record")
        services.add_agency(by, case, making.agency("health"), "A formulation is asked for.", at=days_ago(35))
        services.move(by, case, "step_down", "The plan is done.", at=days_ago(10))
    return case
