"""Bring a chat of three days for the victim of the demonstration: taken in, and not confirmed yet."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.messages import services
from lamplighter.hub.messages.grouping import SUSPECT, VICTIM

WHO = {SUSPECT: "D", VICTIM: "Me"}
SAID = (
    (1, "08:12", SUSPECT, "Saw your car outside. New job going well then"),
    (1, "08:15", VICTIM, "Do not write to me"),
    (1, "22:40", SUSPECT, "\u200eMissed voice call"),
    (1, "22:41", SUSPECT, "\u200eMissed voice call"),
    (2, "07:58", SUSPECT, "I only want to talk. Five minutes\nI will wait by the gate"),
    (2, "19:03", SUSPECT, "\u200eThis message was deleted."),
    (3, "23:30", SUSPECT, "You cannot just block me everywhere"),
)


def tell(users: dict[str, User], case: Case) -> None:
    """The advocate takes in the chat that the victim exported, and answers who is who."""
    advocate = users["advocate"]
    with as_person(advocate):
        first = case.opened_at.date() + dt.timedelta(days=20)
        chat = "\r\n".join(
            f"[{first + dt.timedelta(days=day):%d/%m/%Y}, {time}:00] {WHO[role]}: {text}"
            for day, time, role, text in SAID
        )
        made = services.bring(
            advocate, case, "_chat.txt", chat.encode(), "Exported by the victim, sent by email"
        )
        order = "" if made.account["order"]["proved"] else "dmy"
        services.answer(advocate, made, {WHO[SUSPECT]: SUSPECT, WHO[VICTIM]: VICTIM}, order)
