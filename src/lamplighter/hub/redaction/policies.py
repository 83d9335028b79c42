"""Check what can be redacted and restored, and say why where it cannot be."""

from __future__ import annotations

from lamplighter.hub.access.wall import redaction
from lamplighter.hub.access.wall.redaction import LEAST, MARK
from lamplighter.hub.site.refusals import NotPossibleError


class NotYoursError(NotPossibleError):
    """The words are another agency's to redact."""


def check_words(words: str) -> None:
    """Refuse what would be found in most words, and what is redacted already."""
    text = " ".join(words.split())
    if MARK in text:
        raise NotPossibleError(
            f"Enter words without “{MARK}”. Redact what is before and after it one by one.", "words"
        )
    if len(text) < LEAST:
        raise NotPossibleError(
            f"Enter at least {LEAST} characters. Shorter words are found in too many places.", "words"
        )


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise NotPossibleError("Enter why.", "reason")


SAID = {
    redaction.NOT_THERE: ("This is not there any more. Go back to the list.", "words"),
    redaction.NOT_YOURS: (
        "You cannot redact these words here. Only the agency that wrote them can, or somebody who reads the "
        "address vault and enters words that are in it. Ask the agency to do it.",
        "words",
    ),
    redaction.NOT_FOUND: (
        "These words are not in the text above. Copy them from it, without the quotation marks.",
        "words",
    ),
    redaction.IN_REASON: (
        "Enter a reason that does not repeat the words. Everybody who reads the text reads the reason.",
        "reason",
    ),
    redaction.CHANGED: (
        "The text has been changed since the words were redacted, so they cannot be restored.",
        "reason",
    ),
    redaction.NONE: (
        "There is nothing here that you can restore. A second person of the agency that wrote it must do it, "
        "not whoever redacted it.",
        "reason",
    ),
}


def of(refused: redaction.Refused) -> NotPossibleError:
    """Return what people are told of what the database refused."""
    text, field = SAID.get(refused.what, ("Enter the words and the reason.", "words"))
    kind = NotYoursError if refused.what == redaction.NOT_YOURS else NotPossibleError
    return kind(text, field)
