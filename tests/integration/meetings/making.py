"""A hub that meets: its people, a case with every side on it, and a meeting today."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.meetings import services
from lamplighter.hub.meetings.agenda import items as agenda
from lamplighter.hub.meetings.models import Meeting
from tests.integration.access import making
from tests.integration.cases import telling

ASKED = ("force-a", "helpline", "health", "probation", "hub")


@dataclass
class Hub:
    coordinator: User
    officer: User
    advocate: User
    clinician: User
    outsider: User
    case: Case

    def people(self) -> dict[str, User]:
        return {name: getattr(self, name) for name in ("coordinator", "officer", "advocate", "clinician")}


def hub(*others: str) -> Hub:
    coordinator = making.somebody(Role.COORDINATOR, "hub")
    officer = making.somebody(Role.INVESTIGATOR, "force-a")
    case = telling.a_working_case(coordinator, "consultation", *(others or ("force-a", "helpline", "health")))
    return Hub(
        coordinator,
        officer,
        making.somebody(Role.ADVOCATE, "helpline"),
        making.somebody(Role.CLINICIAN, "health"),
        making.somebody(Role.INVESTIGATOR, "force-b"),
        case,
    )


def plan(by: User, starts_at: dt.datetime | None = None, **rest: Any) -> Meeting:
    """A meeting that has just begun, unless it is told when; a past one is planned in the past."""
    starts = starts_at or timezone.now() - dt.timedelta(minutes=5)
    given = {"minutes": 90, "chair": by, "agencies": [making.agency(code) for code in ASKED]} | rest
    told = min(starts - dt.timedelta(days=3), timezone.now())
    with identity.as_person(by), moment.at(told):
        return services.plan(by, starts_at=starts, **given)[0]


def built(user: User, meeting: Meeting) -> agenda.Agenda:
    with identity.as_person(user):
        return agenda.build(user, meeting, timezone.now())


def texts(user: User, meeting: Meeting, section: str, case: Case | None = None) -> list[str]:
    """What stands in a section of this person's agenda."""
    items = built(user, meeting).section(section).items
    return [line.text for i in items if case is None or i.case == case for line in i.lines]
