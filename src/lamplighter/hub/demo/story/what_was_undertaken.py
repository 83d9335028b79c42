"""Improvement actions of the two forces and the helpline: one in each state that an action can be in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.improvement import services
from lamplighter.hub.improvement.models import Action

Users = Mapping[str, User]
COMPLAINT = "The super-complaint on stalking, 27 September 2024"


@dataclass(frozen=True)
class Undertaken:
    """An action as somebody adds it. ``added`` and ``due`` are in days before today."""

    title: str
    comes_from: str
    rule: str
    added: int
    due: int
    agency: str = "force-a"
    owner: str = "lead"


def tell(users: dict[str, User], case: Case) -> None:
    """Add actions over the last eighteen months, and say and find what became of each. None is of a case."""
    _shown(users)
    _said_only(users)
    _contradicted(users)
    _slipped(users)
    _lapsed(users)
    _silent(users)
    _rejected(users)
    _not_due(users)
    _not_needed(users)


def _when(days: int) -> dt.datetime:
    ten = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0)
    return min(ten - dt.timedelta(days=days), timezone.now())


def _on(days: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=days)


def _add(users: Users, told: Undertaken) -> Action:
    by = users["coordinator"]
    with identity.as_person(by), moment.at(_when(told.added)):
        return services.add(
            by,
            agency=Agency.objects.get(code=told.agency),
            title=told.title,
            comes_from=told.comes_from,
            due_on=_on(told.due),
            rule=told.rule,
            owner=users[told.owner],
        )


def _say(
    users: Users, name: str, action: Action, kind: str, days: int, words: str, later: int | None = None
) -> None:
    with identity.as_person(users[name]), moment.at(_when(days)):
        new = None if later is None else _on(later)
        services.say(users[name], action, kind=kind, on=_on(days), words=words, new_date=new)


def _find(users: Users, names: tuple[str, str], action: Action, found: str, days: int, words: str) -> None:
    """Record a finding by the first of two people, and let the second agree with it two days later."""
    first, second = (users[name] for name in names)
    with identity.as_person(first), moment.at(_when(days)):
        finding = services.find(first, action, found=found, on=_on(days + 1), words=words)
    with identity.as_person(second), moment.at(_when(days - 2)):
        services.check(second, finding, agrees=True, words="Read the same reports. It is as written.")


def _shown(users: Users) -> None:
    action = _add(
        users,
        Undertaken(
            "Screen every report of harassment for stalking on the day it is made",
            COMPLAINT,
            "Of twenty reports of a month drawn at random, each was screened on its day.",
            added=260,
            due=120,
        ),
    )
    _say(users, "lead", action, "in_progress", 200, "The question is in the call handlers’ form.")
    _say(users, "lead", action, "done", 125, "All call handlers use the form since the first of the month.")
    _find(
        users,
        ("coordinator", "lead"),
        action,
        "met",
        100,
        "Twenty reports of a month, drawn by the analyst’s list. Each was screened on its day.",
    )


def _said_only(users: Users) -> None:
    action = _add(
        users,
        Undertaken(
            "Tell the victim’s advocate of a decision on bail before the suspect is released",
            "The hub’s review of dropped cases",
            "In ten releases on bail of a quarter, a note shows the advocate was told before the release.",
            added=180,
            due=30,
            agency="force-b",
            owner="coordinator",
        ),
    )
    _say(
        users,
        "coordinator",
        action,
        "done",
        12,
        "Custody staff now ring before a release, the force writes.",
    )


def _contradicted(users: Users) -> None:
    action = _add(
        users,
        Undertaken(
            "Record a reason whenever no Stalking Protection Order is applied for",
            COMPLAINT,
            "Of twenty cases without one, at least eighteen have a reason on record within 28 days.",
            added=240,
            due=90,
        ),
    )
    _say(users, "lead", action, "done", 95, "Supervisors ask for the reason when they review a case.")
    _find(
        users,
        ("coordinator", "lead"),
        action,
        "not_met",
        6,
        "Twenty cases of the last quarter. Seven had a reason on record.",
    )


def _slipped(users: Users) -> None:
    action = _add(
        users,
        Undertaken(
            "Train every response officer to name the four warning signs of stalking",
            COMPLAINT,
            "The training record shows nine in ten response officers trained, counted on one day.",
            added=300,
            due=75,
        ),
    )
    _say(users, "lead", action, "accepted", 290, "Agreed with the training department.")
    _say(
        users,
        "lead",
        action,
        "date_moved",
        80,
        "Two courses fell out. Six in ten officers are trained.",
        later=-40,
    )


def _lapsed(users: Users) -> None:
    action = _add(
        users,
        Undertaken(
            "Agree with the health trust how a referral is answered within ten working days",
            "The hub’s meeting",
            "Of ten referrals of a quarter, nine have an answer on record within ten working days.",
            added=520,
            due=430,
            owner="coordinator",
        ),
    )
    _say(users, "coordinator", action, "accepted", 500, "A first draft is with the trust.")


def _silent(users: Users) -> None:
    _add(
        users,
        Undertaken(
            "Publish how to reach a stalking lead on the force’s own pages",
            COMPLAINT,
            "The page names a way to reach the stalking lead, and a message to it is answered in two days.",
            added=110,
            due=20,
            owner="lead",
        ),
    )


def _rejected(users: Users) -> None:
    action = _add(
        users,
        Undertaken(
            "Open the helpline on Sundays",
            "The hub’s review of the response",
            "The helpline’s rota shows somebody on duty on each Sunday of a quarter.",
            added=150,
            due=-30,
            agency="helpline",
            owner="coordinator",
        ),
    )
    _say(users, "coordinator", action, "rejected", 100, "The helpline writes that no money was found for it.")


def _not_due(users: Users) -> None:
    action = _add(
        users,
        Undertaken(
            "Have each new formulation read by a second clinician before it is shared",
            "The hub’s meeting",
            "Of ten formulations of a quarter, each has the date on which a second clinician read it.",
            added=45,
            due=-5,
        ),
    )
    _say(users, "lead", action, "in_progress", 20, "The trust has named a second reader.")
    with identity.as_person(users["lead"]), moment.at(_when(4)):
        services.find(
            users["lead"],
            action,
            found="cannot_tell",
            on=_on(5),
            words="Four formulations since it was added. Three were read twice; one is too new to tell.",
        )


def _not_needed(users: Users) -> None:
    action = _add(
        users,
        Undertaken(
            "Keep a list on paper of repeat callers in the control room",
            "The hub’s review of dropped cases",
            "The list of a week is held against the call log, and every repeat caller is on it.",
            added=210,
            due=140,
        ),
    )
    by = users["coordinator"]
    with identity.as_person(by), moment.at(_when(160)):
        services.end(
            by, action, kind="ended", words="Patterns in the hub show repeat callers since the spring."
        )
