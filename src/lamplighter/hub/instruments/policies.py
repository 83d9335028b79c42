"""Check who may answer an instrument, and that answers can be submitted. Nothing here writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.accounts.staff import training
from lamplighter.hub.instruments.models import Sheet, SheetEnd
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.instruments.completing import Lacking
from lamplighter.instruments.definition import Definition
from lamplighter.reporting.words import listed
from lamplighter.rule_files.faults import Fault

TOO_MANY = 5  # questions that a refusal names


def training_state(user: User, one: Definition, on: dt.date) -> SheetEnd.Training:
    """Return whether somebody's training for an instrument is in date on a day."""
    if not one.training:
        return SheetEnd.Training.NOT_NEEDED
    is_valid = training.valid(user, one.training, on)
    return SheetEnd.Training.VALID if is_valid else SheetEnd.Training.NOT_VALID


def topic_name(one: Definition) -> str:
    """Return what the training of an instrument is called; its code where nobody names it any more."""
    found = training.topics().get(one.training)
    return found.name if found else one.training


def why_not(user: User, one: Definition, on: dt.date, faults: Sequence[Fault] = ()) -> str:
    """Return why somebody may not begin an instrument, in words; "" where they may."""
    if not one.usable:
        return "Only its name is here. A hub with a licence supplies the questions."
    if faults:
        return " ".join(f"{fault.what[:1].upper()}{fault.what[1:]} {fault.remedy}" for fault in faults)
    if user.role not in one.roles:
        roles = listed([str(Role(role).label).lower() for role in one.roles if role in Role.values], "or")
        return f"It is answered by: {roles}." if roles else "Nobody answers it yet."
    if one.side not in form_readers.of(user):
        return "Its answers are restricted information that your role does not write."
    state = training_state(user, one, on)
    if state is SheetEnd.Training.NOT_VALID and one.without_training == "refused":
        return f"Your training in “{topic_name(one)}” is not in date."
    return ""


def check_may_begin(user: User, one: Definition, on: dt.date, faults: Sequence[Fault]) -> None:
    if why := why_not(user, one, on, faults):
        raise NotPossibleError(why)


def check_draft_of(user: User, sheet: Sheet) -> None:
    """Refuse to change what is submitted or set aside, or what somebody else answers."""
    if getattr(sheet, "end", None) is not None:
        if sheet.end.how == SheetEnd.How.SET_ASIDE:
            raise NotPossibleError("It was set aside. Begin another one.")
        raise NotPossibleError("It was submitted, and does not change any more. Correct it with a new one.")
    if sheet.by_id != user.pk:
        raise NotPossibleError("Only the person who began it answers it.")


def check_complete(found: Sequence[Lacking]) -> None:
    """Refuse to submit while something is missing, and name it."""
    if found:
        named = list(dict.fromkeys(f"“{one.item.text}”" for one in found))
        more = f", and {len(named) - TOO_MANY} more" if len(named) > TOO_MANY else ""
        raise NotPossibleError(f"Something is missing: {', '.join(named[:TOO_MANY])}{more}.")


def check_licence(code: str, valid_from: dt.date, valid_until: dt.date | None) -> None:
    if not code:
        raise NotPossibleError("Choose the instrument.", field="code")
    if valid_until and valid_until <= valid_from:
        raise NotPossibleError("The licence must end after it begins.", field="valid_until")
