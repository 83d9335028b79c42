"""Exhibits of the demonstration’s case, with the incidents that each shows, and a phone that is examined."""

from __future__ import annotations

import datetime as dt
import io

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.arrivals import selectors as arrivals
from lamplighter.hub.cases.models import Case
from lamplighter.hub.demo.screenshots import screenshot
from lamplighter.hub.evidence import selectors, services
from lamplighter.hub.evidence.models import DeviceStep, Exhibit
from lamplighter.hub.evidence.services import Sent

Step = DeviceStep.Step
# What each picture shows, and an act of the incidents that it supports: by it they are found.
PICTURES = (
    (
        "Screenshot of messages on Instagram",
        (("Sun 19:40", "Where are you living now"), ("Sun 19:42", "I know that you read this")),
        "unwanted_contact",
    ),
    (
        "Screenshot of a text message",
        (("Mon 23:40", "If I can't have you nobody will"),),
        "threat_veiled",
    ),
)
# Film and photographs of Force A, each of the incident with this act.
KEPT = (
    ("damage", "object", "Photographs of four slashed tyres", "Taken by the officer who came out", "AT/1"),
    (
        "loitering",
        "film",
        "Film of a doorbell opposite, a car that waits",
        "Copied at the door, by consent",
        "AT/2",
    ),
)


def tell(users: dict[str, User], case: Case) -> None:
    """Exhibits that each side was given, in its order."""
    officer, advocate, lead = users["investigator"], users["advocate"], users["lead"]
    now = timezone.now()

    def ago(days: float) -> dt.datetime:
        return now - dt.timedelta(days=days)

    with identity.as_person(advocate), moment.at(ago(12)):
        for number, (title, messages, act) in enumerate(PICTURES, start=1):
            (fate,) = services.receive_several(
                advocate,
                case,
                "shared",
                [screenshot(messages, number)],
                title=title,
                source="victim",
                came_from="The victim",
                came_how="Taken by herself on her telephone and sent to her advocate’s work address",
                came_at=ago(12),
            )
            _shows(advocate, case, fate.exhibit, act)
    with identity.as_person(advocate), moment.at(ago(11)):
        diary = b"day,what\n3 October,Blue car in the road again\n5 October,He stood at the tram stop\n"
        services.receive_several(
            advocate,
            case,
            "advocacy",
            [Sent(io.BytesIO(diary), len(diary), "diary.csv")],
            title="Diary kept with the advocate",
            source="victim",
            came_how="Written together in two meetings",
            came_at=ago(11),
        )
    with identity.as_person(lead), moment.at(ago(11)):
        for act, kind, title, how, reference in KEPT:
            kept = services.note_elsewhere(
                lead,
                case,
                "shared",
                kind,
                title=title,
                source="police" if kind == "object" else "witness",
                came_how=how,
                came_at=ago(11),
                held_by="Force A, digital evidence",
                reference=reference,
            )
            _shows(lead, case, kept, act)
    with identity.as_person(officer), moment.at(ago(10)):
        film = services.note_elsewhere(
            officer,
            case,
            "shared",
            "film",
            title="Film of the tram stop, two mornings",
            source="company",
            came_from="The tram operator",
            came_how="Asked for in writing; uploaded to the force’s own system",
            came_at=ago(10),
            held_by="Force B, digital evidence",
            link="Item 2026/4471",
            sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            reference="TR/1",
        )
        services.support(officer, case, film, words="He waits for her on both mornings, and follows on foot.")
        phone = services.note_elsewhere(
            officer,
            case,
            "police",
            "device",
            title="Telephone of the suspect",
            source="suspect",
            came_how="Taken at the arrest",
            came_at=ago(10),
            held_by="Force B, property store",
            reference="SR/2",
        )
    for days, step in ((10, Step.SEIZED), (9, Step.SUBMITTED)):
        with identity.as_person(officer), moment.at(ago(days)):
            known = selectors.exhibit(case, phone.key)
            services.step(officer, case, known, step, timezone.localdate(ago(days)))
    with identity.as_person(officer), moment.at(ago(9)):
        services.move(
            officer,
            case,
            phone,
            from_whom="Property store",
            to_whom="Digital unit",
            why="Examination of messages and places",
            seal="B0044718",
            moved_at=ago(9),
        )


def _shows(user: User, case: Case, exhibit: Exhibit | None, act: str) -> None:
    """Link an exhibit to the incidents with this act that whoever links it reads."""
    assert exhibit is not None
    shown = [(exhibit, row.report_key) for row in arrivals.reports(case) if act in row.acts]
    services.link(user, case, shown)
