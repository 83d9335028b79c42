"""The only writer of general business: an item of no case, what is said on it, and that it was done.

Everybody who does casework in the hub reads it. So a row that carries the number of a case is refused, and
whoever wrote one, or a coordinator, can strike it out at any time.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases.referrals.selectors import references_in
from lamplighter.hub.meetings import policies
from lamplighter.hub.meetings.models import Business, Meeting
from lamplighter.hub.site.refusals import NotPossibleError


@transaction.atomic
def add_item(user: User, meeting: Meeting, words: str) -> Business:
    """Put an item of no case on the agenda. Raises ``NotPossibleError``."""
    return _write(user, meeting, None, Business.Kind.ITEM, words, uuid.uuid4())


@transaction.atomic
def say(
    user: User,
    item: Business,
    kind: str,
    words: str,
    *,
    key: uuid.UUID | None = None,
    doer: User | None = None,
    due_on: dt.date | None = None,
    evidence: str = "",
) -> Business:
    """Minute what was said on an item; what somebody is asked to do says who, by when and what would show it.

    ``key`` is what the form was given: sent twice, it is one row.
    """
    key = key or uuid.uuid4()
    if there := Business.objects.filter(key=key, by=user).first():
        return there
    if kind not in Business.SAID:
        raise NotPossibleError("Choose what it is.", "kind")
    asked: dict[str, Any] = {}
    if policies.asks_for_something(kind, doer, due_on, evidence):
        policies.check_action(doer, due_on, evidence, timezone.localdate(moment.now()))
        asked = {"doer": doer, "due_on": due_on, "evidence": evidence.strip()}
    _check_of_no_case(evidence, "evidence")
    return _write(user, item.meeting, item, kind, words, key, **asked)


def _write(
    user: User, meeting: Meeting, item: Business | None, kind: str, words: str, key: uuid.UUID, **asked: Any
) -> Business:
    policies.check_open(Meeting.objects.get(pk=meeting.pk))
    if not words.strip():
        raise NotPossibleError("Enter what it is about." if item is None else "Enter what was said.", "words")
    _check_of_no_case(words, "words")
    if user.agency is None:
        raise NotPossibleError("Only somebody of an agency writes here.")
    made = Business.objects.create(
        meeting=meeting,
        item=item,
        kind=kind,
        words=words.strip(),
        key=key,
        by=user,
        agency=user.agency,
        at=moment.now(),
        **asked,
    )
    audit.record(user, "meetings.business_added", f"business {key}", fields=["words"], kind=str(kind))
    return made


def _check_of_no_case(words: str, field: str) -> None:
    if found := references_in(words):
        raise NotPossibleError(
            f"“{found[0]}” is the number of a case. General business is read by everybody who does casework: "
            "write this in the minutes of the case.",
            field,
        )


@transaction.atomic
def strike(user: User, row: Business, why: str) -> Business:
    """Take out the words of a row that should not stand here, and with them what it asks for."""
    found = _hold(row)
    if not may_strike(user, found):
        raise NotPossibleError("Only whoever wrote it, or a coordinator, strikes it out.")
    policies.check_reason(why, "why")
    _check_of_no_case(why, "why")
    if found.struck_at is None:
        found.words, found.evidence, found.done_words = "", "", ""
        found.struck_at, found.struck_why = moment.now(), why.strip()
        found.save(update_fields=["words", "evidence", "done_words", "struck_at", "struck_why"])
        audit.record(user, "meetings.business_struck", f"business {found.key}", fields=["words"])
    return found


@transaction.atomic
def finish(user: User, row: Business, outcome: str) -> Business:
    """Say that what a row asks for is done, and what shows it."""
    found = _hold(row)
    if not may_finish(user, found):
        raise NotPossibleError("Only whoever was asked, or a coordinator, says that it is done.")
    if found.done_at or found.struck_at:
        raise NotPossibleError("Somebody has ended it already. Open the page again.")
    if not outcome.strip():
        raise NotPossibleError("Enter what shows that it is done.", "outcome")
    _check_of_no_case(outcome, "outcome")
    found.done_at, found.done_by, found.done_words = moment.now(), user, outcome.strip()
    found.save(update_fields=["done_at", "done_by", "done_words"])
    audit.record(user, "meetings.business_done", f"business {found.key}", fields=["done_words"])
    return found


def may_strike(user: User, row: Business) -> bool:
    """Tell whether somebody takes the words of a row out."""
    return row.struck_at is None and (row.by_id == user.pk or user.role == Role.COORDINATOR)


def may_finish(user: User, row: Business) -> bool:
    """Tell whether somebody says that what a row asks for is done."""
    waits = row.doer_id is not None and row.done_at is None and row.struck_at is None
    return waits and (row.doer_id == user.pk or user.role == Role.COORDINATOR)


def _hold(row: Business) -> Business:
    return Business.objects.select_for_update(of=("self",)).get(pk=row.pk)
