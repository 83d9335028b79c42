"""Check what a paper must say before it is made, and what must be so before it leaves. Asks no database."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from lamplighter.hub.papers.kinds import Kind
from lamplighter.hub.papers.models import Issue, Paper, PaperWithdrawal
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.reporting.words import day

LEAST_REASON = 10  # characters


def check_maker(may: bool, kind: Kind) -> None:
    if not may:
        raise NotPossibleError(f"You cannot make this paper: {kind.title}.")


def check_given(given: Mapping[str, Any], needed: Mapping[str, str]) -> None:
    """Refuse a paper without what it needs; ``needed``: each name with what is said where it is empty."""
    for name, words in needed.items():
        value = given.get(name)
        if not (value.strip() if isinstance(value, str) else value):
            raise NotPossibleError(words, name)


def check_past(kind: Kind, on: dt.date, today: dt.date, opened: dt.date) -> None:
    """Refuse a day of which this paper cannot be made: today or later, or before the hub held the case."""
    if not kind.past:
        raise NotPossibleError("This paper is made as the case stands today. Leave the day out.", "as_at")
    if on >= today:
        raise NotPossibleError("The day must be before today. Leave it empty for today.", "as_at")
    if on < opened:
        raise NotPossibleError(
            f"The hub did not hold this case on {day(on)}: it was opened on {day(opened)}. Choose that day "
            "or a later one.",
            "as_at",
        )


def check_verified(on: dt.date, today: dt.date, days: int) -> None:
    """Refuse an address that was not verified lately."""
    if on > today:
        raise NotPossibleError("The day must not be in the future.", "verified_on")
    if (today - on).days > days:
        raise NotPossibleError(
            f"The address was verified more than {days} days ago. Ask the victim or their "
            "advocate again, and make the "
            "paper again.",
            "verified_on",
        )


def check_no_giveaway(texts: Mapping[str, str], words: Collection[str], names: Iterable[str]) -> None:
    """Refuse a plan to take along that holds a name or a word that gives it away; say which, and where."""
    shown = {w: w for w in words} | {
        n: "a name of somebody on the case, or of an agency" for n in names if len(n) > 2
    }
    for field, text in texts.items():
        for word, told in shown.items():
            if re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE):
                raise NotPossibleError(
                    f"This would give the plan away if it were found: {told}. Say it in other "
                    "words, or leave the part out.",
                    field,
                )


def check_recipient(recipient: str, basis: str, bases: Collection[str], why: str) -> None:
    if not recipient.strip():
        raise NotPossibleError("Enter to whom the paper goes.", "recipient")
    if basis not in bases:
        raise NotPossibleError("Choose the legal basis.", "basis")
    if len(why.strip()) < LEAST_REASON:
        raise NotPossibleError(f"Enter why it is needed, in at least {LEAST_REASON} characters.", "why")


def check_can_issue(paper: Paper, newest: Paper | None) -> None:
    """Refuse a version that was issued, withdrawn or overtaken by a later one."""
    if issued(paper):
        raise ConflictError("This version has been issued already.")
    if withdrawn(paper):
        raise ConflictError("This version has been withdrawn. Make a new one.")
    if newest is not None and newest.number > paper.number:
        raise ConflictError("There is a later version of this paper. Issue that one.")


def check_can_withdraw(paper: Paper, reason: str) -> None:
    if withdrawn(paper):
        raise ConflictError("It has been withdrawn already.")
    if len(reason.strip()) < LEAST_REASON:
        raise NotPossibleError(f"Enter a reason in at least {LEAST_REASON} characters.", "reason")


def past_day(paper: Paper) -> dt.date | None:
    """Return the past day of which a version was made; ``None``: as the case stood when it was made."""
    held = paper.given.get("as_at", "") if isinstance(paper.given, dict) else ""
    try:
        return dt.date.fromisoformat(held) if held else None
    except ValueError:
        return None


def as_at(paper: Paper) -> str:
    """Return ", as at 3 March 2026" of a version that was made of a past day, else ""."""
    on = past_day(paper)
    return f", as at {day(on)}" if on else ""


def issued(paper: Paper) -> Issue | None:
    return getattr(paper, "issue", None)


def withdrawn(paper: Paper) -> PaperWithdrawal | None:
    return getattr(paper, "withdrawal", None)
