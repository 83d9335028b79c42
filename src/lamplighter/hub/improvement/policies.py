"""Check what can be said of an action, and say why not. Nothing here may name a case or a colleague."""

from __future__ import annotations

import datetime as dt
import re

from django.utils import timezone

from lamplighter.hub.access.wall.partitions import SENIOR
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.cases.referrals.selectors import references_in
from lamplighter.hub.improvement.models import Action, Entry
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

LEAST = 20  # characters of what would show that it is done
_WORD = re.compile(r"\w+")


def check_words(words: str, field: str) -> None:
    """Refuse a text without words, or with the number of a case."""
    if not words.strip():
        raise NotPossibleError("Enter some words.", field)
    if found := references_in(words):
        raise NotPossibleError(
            f"“{found[0]}” is the number of a case. What is written here goes into returns: name no case and "
            "nobody.",
            field,
        )
    if name := colleague_in(words):
        raise NotPossibleError(
            f"“{name}” is the name of a colleague. What is written here goes into returns: write their role, "
            "such as “the stalking lead”.",
            field,
        )


def colleague_in(words: str) -> str:
    """Return the whole name of somebody of the hub that stands in a text, or nothing.

    Only of colleagues, whom everybody here can list: to refuse the name of somebody in a case would tell
    that there is one.
    """
    told = f" {' '.join(_WORD.findall(words.casefold()))} "
    for name in User.objects.values_list("display_name", flat=True):
        parts = _WORD.findall(name.casefold())
        if len(parts) > 1 and f" {' '.join(parts)} " in told:
            return name
    return ""


def may_answer(user: User, agency: str) -> bool:
    """Tell whether somebody can answer for what an agency undertook: they read it, and speak for it."""
    return user.works and user.role in SENIOR and (user.agency_id == agency or user.role == Role.COORDINATOR)


def check_owner(owner: User, agency: Agency) -> None:
    if not may_answer(owner, agency.pk):
        raise NotPossibleError(
            f"Choose a stalking lead of {agency.name}, or a coordinator: nobody else can answer for it.",
            "owner",
        )


def check_names_owner(user: User, action: Action) -> None:
    if user.agency_id != action.agency_id and user.role != Role.COORDINATOR:
        raise NotPossibleError("Only somebody of the agency that undertook it, or a coordinator, names who.")


def check_open(ended: bool) -> None:
    """Refuse anything more of an action that somebody ended."""
    if ended:
        raise ConflictError("Somebody has ended this action. Go back and read why.")


def check_end(user: User, kind: str) -> None:
    if kind not in Entry.ENDS:
        raise NotPossibleError("Choose why it ends.", "kind")
    if user.role != Role.COORDINATOR:
        raise NotPossibleError("Only a coordinator ends an action: an agency says that it will not be done.")


def check_action(title: str, comes_from: str, rule: str, due_on: dt.date, today: dt.date) -> None:
    """Refuse an action of which nobody could say whether it was done, or that is due already."""
    check_words(title, "title")
    if comes_from.strip():
        check_words(comes_from, "comes_from")
    check_words(rule, "rule")
    if len(rule.strip()) < LEAST:
        raise NotPossibleError(f"Say in at least {LEAST} characters what would show it.", "rule")
    if due_on <= today:
        raise NotPossibleError("The due date must be in the future. It cannot be changed later.", "due_on")


def check_said(
    user: User, action: Action, kind: str, on: dt.date, new_date: dt.date | None, today: dt.date
) -> None:
    """Refuse what somebody says for an agency that is not theirs, of a day to come, or without its date."""
    if kind not in Entry.SAID:
        raise NotPossibleError("Choose what is said.", "kind")
    if user.agency_id != action.agency_id and user.role != Role.COORDINATOR:
        raise NotPossibleError("Only somebody of the agency that undertook it, or a coordinator, says this.")
    check_day(on, action, today)
    if (kind == Entry.Kind.DATE_MOVED) != (new_date is not None):
        raise NotPossibleError(
            "Enter the later date with “It will be later”, and with nothing else.", "new_date"
        )
    if new_date is not None and new_date <= action.due_on:
        raise NotPossibleError(
            "The later date must be after the due date. The due date itself stays.", "new_date"
        )


def check_day(on: dt.date, action: Action, today: dt.date) -> None:
    if on > today:
        raise NotPossibleError("The day must not be in the future.", "on")
    if on < timezone.localdate(action.at):
        raise NotPossibleError("The day must not be before the action was added.", "on")


def check_finding(found: str, on: dt.date, action: Action, today: dt.date) -> None:
    """Refuse a finding of the day on which the rule was written, or before: a rule comes first."""
    if found not in Entry.Found:
        raise NotPossibleError("Choose what was found.", "found")
    check_day(on, action, today)
    if on <= timezone.localdate(action.at):
        raise NotPossibleError(
            "What was there when the action was added cannot show that it was done. Use something later.",
            "on",
        )


def check_check(user: User, finding: Entry, answers: list[Entry]) -> None:
    """Refuse a second check, and a check by whoever found it."""
    if finding.kind != Entry.Kind.FINDING:
        raise NotPossibleError("Only a finding is checked.")
    if answers:
        raise ConflictError("Somebody else has checked or withdrawn this. Go back and read it.")
    if finding.by_id == user.pk:
        raise NotPossibleError("You recorded this finding. Somebody else must check it.")


def check_withdrawal(user: User, entry: Entry, answers: list[Entry]) -> None:
    if entry.kind == Entry.Kind.OWNER:
        raise NotPossibleError("Name somebody else instead.")
    if entry.kind in (Entry.Kind.CHECK, Entry.Kind.WITHDRAWN):
        raise NotPossibleError("Withdraw what it answers instead.")
    if any(a.kind == Entry.Kind.WITHDRAWN for a in answers):
        raise ConflictError("Somebody else has withdrawn this. Go back and read it.")
    if entry.by_id != user.pk and user.role != Role.COORDINATOR:
        raise NotPossibleError("Only whoever wrote it, or a coordinator, withdraws it.")
