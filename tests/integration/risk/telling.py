"""Assessments, triggers and people for the tests of risk."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.risk import selectors, services
from lamplighter.hub.risk.levels import JUDGEMENTS, Level
from lamplighter.hub.risk.models import Assessment
from lamplighter.hub.risk.policies import Action, Draft, Said
from tests.integration.access import making

IN_A_WEEK = dt.timedelta(days=7)


def a_case(by: User | None = None, *others: str, **rest: Any) -> Case:
    """A case of a police force, an advocacy service and a health service, unless others are named."""
    by = by or making.somebody(Role.INVESTIGATOR)
    with identity.as_person(by):
        return making.a_case(by, *(others or ("helpline", "health", "force-b")), **rest)


def a_report(case: Case, **rest: Any) -> CaseReport:
    """An incident as the case shows it."""
    values = {"agency": "force-a", "happened_at": dt.datetime(2026, 10, 1, 21), "rule": "enforcement"}
    with making.as_the_owner():
        return CaseReport.objects.create(case=case, owner_id=case.owner_id, **(values | rest))


def draft(*cites: Any, **said: Any) -> Draft:
    """A draft: each judgement moderate unless ``said`` says otherwise."""
    keys = tuple(row.key for row in cites)
    judged = {}
    for name in JUDGEMENTS:
        level = said.pop(name, "moderate")
        judged[name] = Said(level, "" if level == "not_assessed" else f"Why {name}.", keys)
    values: dict[str, Any] = {
        "current": "yes",
        "current_words": "He wrote on Sunday.",
        "changed": "He came to her work.",
    }
    return Draft(judged=judged, **(values | said))


def a_high(user: User, *cites: Any, **said: Any) -> Draft:
    by = timezone.localdate() + IN_A_WEEK
    return draft(
        *cites,
        violence="high",
        answers_for=user,
        actions=(Action("Ask for a recall to custody", user, by),),
        **said,
    )


def assess(user: User, case: Case, given: Draft, **rest: Any) -> Assessment:
    with identity.as_person(user):
        return services.assess(user, case, given, **rest)


def level(user: User, case: Case, as_at: dt.datetime | None = None) -> Level:
    with identity.as_person(user):
        return selectors.current(case, as_at).level


def running(case: Case, kind: str = "risk.") -> list[Clock]:
    return making.running(case, kind)
