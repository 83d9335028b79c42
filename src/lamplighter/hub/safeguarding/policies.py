"""Check what a check and a warning must say, and when direct work can start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lamplighter.hub.safeguarding import rules
from lamplighter.hub.safeguarding.models import Answer, CheckAnswer, HowSoon, InDanger, When
from lamplighter.hub.safeguarding.selectors import Standing
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

LONGEST_MESSAGE = 600  # characters: to be read at once and acted on
SAME_WORDS = 6  # words in a row that a message may not have in common with what was heard
PAGE = "“Victim-safety check”"


def check_ask(standing: Standing | None) -> None:
    if standing is not None and standing.when == When.BEFORE and not standing.answer:
        raise NotPossibleError("The check has been asked for already, and is not answered yet.")


def needs_check(standing: Standing | None, now: dt.datetime) -> str:
    """Explain why direct work cannot start yet, and what to do about it; "" where a check allows it."""
    if standing is None:
        return f"No check on the victim’s side has been asked for. Ask for one on the page {PAGE}."
    if standing.answer == Answer.NOT_YET:
        return "The check on the victim’s side says: not yet. Speak to the case’s coordinator."
    if standing.when == When.END:
        return f"The last check is about work that has ended. Ask for a new one on the page {PAGE}."
    if not standing.answer:
        if standing.nobody(now):
            return (
                "Nobody has answered the check on the victim’s side. The case’s coordinator is told: "
                "speak to them."
            )
        return (
            "The check on the victim’s side is not signed yet. Wait for the answer, or speak to the case’s "
            "coordinator."
        )
    if standing.answered_at is not None and standing.answered_at < now - rules.counts_for(now):
        return f"The check on the victim’s side is too old. Ask for a new one on the page {PAGE}."
    return ""


def check_start(standing: Standing | None, required: bool, without: str, now: dt.datetime) -> bool:
    """Tell whether required work goes on without a check, for the reason in ``without``.

    Raises ``NotPossibleError`` where the work is voluntary, or no reason is given.
    """
    missing = needs_check(standing, now)
    if not missing:
        return False
    if not required:
        raise NotPossibleError(f"Not enrolled. {missing}")
    if not without.strip():
        raise NotPossibleError(
            f"Not enrolled. {missing} What a court, a licence or an order requires can go on before: then "
            "enter why. The victim’s advocate is told at once."
        )
    return True


def check_signature(given: Mapping[str, Any]) -> None:
    """Every question is answered, and "go on" is not said where it may show where the victim is."""
    if given["told"] not in CheckAnswer.Told.values:
        raise NotPossibleError("Say whether the victim has been told of the work.")
    if given["told"] == CheckAnswer.Told.NO and given["told_why"] not in CheckAnswer.Why.values:
        raise NotPossibleError("Say why the victim has not been told.")
    for name in ("supported", "plan", "exposed"):
        if given[name] not in CheckAnswer.Known.values:
            raise NotPossibleError("Answer every question of the check.")
    if given["answer"] not in Answer.values:
        raise NotPossibleError("Choose “go on” or “not yet”.")
    if given["answer"] == Answer.GO_ON and given["exposed"] == CheckAnswer.Known.YES:
        raise NotPossibleError(
            "Where the victim is, or their routine, could come out through the work: choose “not yet”, and "
            "agree with the case’s coordinator what has to change first."
        )


def check_warning(given: Mapping[str, Any], today: dt.date) -> None:
    """It says who, how soon and what to do; and the message is not what was heard."""
    if not given["in_danger"] or set(given["in_danger"]) - set(InDanger.values):
        raise NotPossibleError("Choose who may be in danger.")
    if given["how_soon"] not in HowSoon.values:
        raise NotPossibleError("Choose how soon.")
    if not given["heard"].strip():
        raise NotPossibleError("Enter what you heard or saw.")
    if not given["message"].strip():
        raise NotPossibleError("Enter the message to act on.")
    if len(given["message"]) > LONGEST_MESSAGE:
        raise NotPossibleError(f"The message must be {LONGEST_MESSAGE} characters or less.")
    if repeats(given["heard"], given["message"]):
        raise NotPossibleError(
            "The message repeats words of what you heard. What you heard stays on your side: "
            "in the message, say in your own words what to do."
        )
    if given["basis"] not in rules.bases(today):
        raise NotPossibleError("Choose the legal basis.")


def repeats(heard: str, message: str) -> bool:
    """Tell whether the message has ``SAME_WORDS`` words in a row, or all its words, from what was heard."""
    left, right = _words(heard), _words(message)
    if not right:
        return False
    size = min(SAME_WORDS, len(right))
    there = {tuple(left[i : i + size]) for i in range(len(left) - size + 1)}
    return any(tuple(right[i : i + size]) in there for i in range(len(right) - size + 1))


def _words(text: str) -> list[str]:
    spaced = "".join(c if c.isalnum() else " " for c in text.casefold())
    return spaced.split()


def check_seen(newest: CheckAnswer | None, seen: str) -> None:
    if (str(newest.key) if newest else "") != seen:
        raise ConflictError(newest=newest)
