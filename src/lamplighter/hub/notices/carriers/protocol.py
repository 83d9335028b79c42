"""A carrier takes one message to one address, or says in one word why not. Its words hold no address."""

from __future__ import annotations

import enum
from typing import Protocol

from lamplighter.hub.notices.letters import Message

REFUSED, NOT_SET_UP = "refused", "not_set_up"
FAULTS: dict[str, tuple[str, str]] = {
    REFUSED: ("The address was refused.", "Its owner enters it again, or asks their agency."),
    "no_answer": ("The server does not answer.", "See whether it runs, and whether this machine reaches it."),
    "no_tls": (
        "The server offers no encryption, so nothing was sent.",
        "Ask for STARTTLS or TLS, or correct security.",
    ),
    "certificate": (
        "The server's certificate is not accepted.",
        "Correct host, or name the certificate authority in LAMPLIGHTER_EMAIL_CA.",
    ),
    "sign_in": ("The server did not accept our user name and password, or key.", "Give the right ones."),
    "rejected": (
        "The server did not take the email.",
        "Ask whoever runs it why: the sender may be unknown.",
    ),
    "too_many": ("The server takes no more for now.", "The hub tries again by itself."),
    NOT_SET_UP: ("A password or key is missing.", "Set it where secrets are kept: see docs/running.md."),
}
"""Fault -> what happened, and the remedy, for whoever looks after the hub."""


_OTHER = ("It did not arrive.", "See the log of the worker.")


def told(fault: str) -> tuple[str, str]:
    """Return what happened, and the remedy; also of a fault of an earlier version."""
    return FAULTS.get(fault, _OTHER)


class NotSentError(Exception):
    """It was not sent. ``fault`` is one of :data:`FAULTS`; the text never holds an address."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Outcome(enum.Enum):
    """Fate of a message that a carrier took."""

    NOT_KNOWN = "not known yet"
    ARRIVED = "arrived"
    REFUSED = "refused"


class Carrier(Protocol):
    """Take messages out. One that takes no files leaves them: people find them after they have signed in."""

    def send(self, message: Message, to: str) -> str:
        """Send it and return its reference, "" for none. Raises :class:`NotSentError`."""

    def outcome(self, reference: str) -> Outcome:
        """Return what became of it. Raises :class:`NotSentError` where the carrier does not answer."""
