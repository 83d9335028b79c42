"""The words of every email. They say that there is something, how much, and where to sign in: nothing else.

Whoever reads the post of somebody who works here, over their shoulder or on their telephone, learns that
they have a work list.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from lamplighter.hub.design.environment import plural
from lamplighter.hub.notices.models import Letter

SUBJECT = "Your work list"
SIGN_IN = "/account/sign-in"
END = "This email was sent by a machine. Nobody reads an answer to it."
FILE = "invitation.ics"


@dataclass(frozen=True, slots=True)
class Message:
    """An email as it leaves: ``key`` names it, so that one sent twice can be known by it."""

    key: uuid.UUID
    subject: str
    body: str
    calendar: bytes = b""


def message(letter: Letter, site: str, *, number: int = 0, code: str = "") -> Message:
    """Return what a letter says now: ``number`` of new things, or the ``code`` that confirms an address."""
    door = f"Sign in: {site}{SIGN_IN}"
    if letter.what == Letter.What.CODE:
        first = [f"Your code is {code}. Enter it on the page where you asked for it."]
        first.append("If you did not ask for it, you need do nothing.")
    elif letter.what == Letter.What.TEST:
        first = ["This is a test. You asked for it, and it has arrived.", door]
    elif letter.what == Letter.What.INVITATION:
        first = ["There is an invitation for you.", door]
    else:
        first = [f"You have {plural(number, 'new thing')} on your work list.", door]
    subject = {Letter.What.CODE: "Your code", Letter.What.TEST: "Test"}.get(Letter.What(letter.what), SUBJECT)
    return Message(letter.key, subject, "\n\n".join([*first, END]) + "\n", bytes(letter.calendar or b""))
