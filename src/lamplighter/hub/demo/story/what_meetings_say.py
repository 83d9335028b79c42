"""The hub's meeting in the demonstration: one whose minutes are agreed, and the next with its agenda."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.meetings import services
from lamplighter.hub.meetings.minutes import services as minutes

AGO = dt.timedelta(days=4)
WEEK = dt.timedelta(days=7)


def tell(users: dict[str, User], case: Case) -> None:
    """Plan two meetings, a week apart; each side says its part of the case in the first of them."""
    coordinator, advocate, officer, clinician = (
        users[name] for name in ("coordinator", "advocate", "investigator", "clinician")
    )
    now = timezone.now()
    ten = timezone.localtime(now - AGO).replace(hour=10, minute=0, second=0, microsecond=0)
    with identity.as_person(advocate), moment.at(ten - dt.timedelta(days=2)):
        services.ask_for(
            advocate, case, "discussion", "He has been seen near her work again. Who speaks to her employer?"
        )
    with identity.as_person(coordinator), moment.at(ten - WEEK):
        last, coming = services.plan(
            coordinator,
            starts_at=ten,
            minutes=90,
            chair=coordinator,
            agencies=list(Agency.objects.order_by("pk")),
            place="Civic Centre, room 4, and by the hub’s video link",
            times=2,
        )
    with identity.as_person(advocate), moment.at(ten - dt.timedelta(days=1)):
        services.send_return(
            advocate,
            case,
            last,
            "advocacy",
            new="She is sleeping badly since the second sighting. She has told her manager, and nobody else.",
            did="Went through the safety plan with her again.",
            ask="",
        )
    with identity.as_person(officer), moment.at(ten - dt.timedelta(days=1)):
        services.send_return(
            officer,
            case,
            last,
            "shared",
            new="The tram operator has the film of both mornings.",
            did="Asked for it in writing.",
            ask="Can probation see him sooner than Thursday?",
        )
    with identity.as_person(coordinator), moment.at(ten):
        services.attend(
            coordinator,
            last,
            [
                *({"person": users[name], "state": "present"} for name in ("coordinator", "advocate")),
                {"person": officer, "state": "present"},
                {"person": clinician, "state": "present"},
                {"person": users["probation"], "state": "apologies"},
            ],
        )
    said = (
        (advocate, "victim", "shared", "She wants to be told before anybody speaks to her employer."),
        (advocate, "note", "advocacy", "Her sister can take her in for a week if it comes to that."),
        (officer, "note", "police", "The film is with the digital unit. No arrest before it is read."),
        (clinician, "note", "health", "He speaks of one last talk with her. No threat was made."),
        (coordinator, "decision", "shared", "Force A asks for the film to be read first, this week."),
        (clinician, "dissent", "shared", "I would see him before he is interviewed, not after."),
    )
    for number, (user, kind, side, words) in enumerate(said):
        with identity.as_person(user), moment.at(ten + dt.timedelta(minutes=20 + 2 * number)):
            minutes.write(user, case, last, kind, side, words)
    with identity.as_person(coordinator), moment.at(ten + dt.timedelta(minutes=34)):
        minutes.write(
            coordinator,
            case,
            last,
            "action",
            "shared",
            "Read the film of both mornings",
            doer=officer,
            due_on=timezone.localdate(ten + dt.timedelta(days=2)),
            evidence="A note of what it shows, on the case",
        )
    with identity.as_person(coordinator), moment.at(ten + dt.timedelta(hours=3)):
        services.agree(coordinator, last)
    with identity.as_person(advocate), moment.at(now - dt.timedelta(hours=6)):
        services.ask_for(advocate, case, "discussion", "The film is not read yet. She asks what happens now.")
    with identity.as_person(coordinator), moment.at(now - dt.timedelta(hours=5)):
        services.ask_returns(coordinator, coming, [case])
