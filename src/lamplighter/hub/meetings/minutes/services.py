"""The only writer of minutes: each contribution a line of its own, so that no line is in another's way."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.participants import selectors as people
from lamplighter.hub.clocks import notices
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.meetings import policies
from lamplighter.hub.meetings.models import Line, Meeting
from lamplighter.hub.meetings.services import KIND, PURPOSE, called, title
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

ACTION = "meeting.action"
PAGE = "meetings:line"


def write(
    user: User,
    case: Case,
    meeting: Meeting,
    kind: str,
    partition: str,
    words: str,
    *,
    key: uuid.UUID | None = None,
    doer: User | None = None,
    due_on: dt.date | None = None,
    evidence: str = "",
) -> Line:
    """Add a line to the minutes of a case.

    An action is a task of ``doer`` too, of their agency; and so is a decision that says who, by when and what
    would show it.

    ``key`` is what the form was given: sent twice, it is one line. Raises ``NotPossibleError``, also where
    the words repeat what the vault holds and the other side would read them.
    """
    key = key or uuid.uuid4()
    try:
        with transaction.atomic():
            return _write(user, case, meeting, kind, partition, words, key, doer, due_on, evidence)
    except IntegrityError:
        # A second press of the button. What this one began, its task too, is undone.
        there = Line.objects.filter(key=key, by=user).first()
        if there is None:
            raise
        return there


def _write(
    user: User,
    case: Case,
    meeting: Meeting,
    kind: str,
    partition: str,
    words: str,
    key: uuid.UUID,
    doer: User | None,
    due_on: dt.date | None,
    evidence: str,
) -> Line:
    policies.check_line(kind, words, meeting)
    policies.check_side(partition, form_readers.of(user))
    guarding.check(user, case, partition, words, evidence)
    action: dict[str, Any] = {}
    if policies.asks_for_something(kind, doer, due_on, evidence):
        action = {"doer": doer, "due_on": due_on, "evidence": evidence.strip()}
        action["task"] = _task(case, meeting, partition, words, doer, due_on, evidence, key)
    row = {"meeting": meeting, "kind": kind, "words": words.strip(), "key": key, "first": key}
    made = Line.objects.create(
        **owned(user, case, partition=partition, said_at=moment.now(), **row, **action)
    )
    cases.enter(
        user,
        case,
        KIND,
        f"{title(meeting)}: {made.get_kind_display().lower()}",
        partition=partition,
        page=PAGE,
        of_key=key,
    )
    audit.record(
        user,
        "meetings.line_added",
        f"line {key}",
        operation=Operation.COLLECTION,
        case=case,
        fields=["words"],
        kind=kind,
        partition=partition,
    )
    return made


def _task(
    case: Case,
    meeting: Meeting,
    partition: str,
    words: str,
    doer: User | None,
    due_on: dt.date | None,
    evidence: str,
    key: uuid.UUID,
) -> uuid.UUID:
    """Start the task of an action, of the agency whose person does it: so that it is chased there."""
    policies.check_action(doer, due_on, evidence, timezone.localdate(moment.now()))
    if doer is None or due_on is None or doer.agency is None:
        raise NotPossibleError("Choose who does it.", "doer")
    if not people.on_the_case(case, partition, doer.agency_id or "").filter(pk=doer.pk).exists():
        raise NotPossibleError(
            f"{doer.display_name} cannot read that side of the case. Choose another person, or another side.",
            "doer",
        )
    with as_service(PURPOSE):
        made = clocks.start_for(
            doer.agency,
            case,
            ACTION,
            words.strip()[:200],
            due_at=notices.end_of(due_on),
            why=f"Agreed in the {called(meeting)}. What would show that it is done: {evidence.strip()}",
            partition=partition,
            page=PAGE,
            of_key=key,
            assigned_to=doer,
        )
    return made.key


@transaction.atomic
def correct(user: User, case: Case, seen: Line, reason: str, *, words: str, struck: bool = False) -> Line:
    """Put a new version in the place of one's own line; its agency alone reads the one before from then on.

    Raises ``ConflictError`` when another version stands by now, ``NotPossibleError`` once the minutes are
    agreed.
    """
    policies.check_reason(reason)
    rows = Line.objects.select_for_update(of=("self",)).select_related("meeting")
    standing = rows.filter(case=case, first=seen.first, replaced_at=None).first()
    if standing is None:
        raise NotPossibleError("This line is no longer there. Open the page again.")
    policies.check_correct(user, standing)
    if standing.pk != seen.pk:
        raise ConflictError(newest=standing)
    if not struck:
        policies.check_line(standing.kind, words, standing.meeting)
    guarding.check(user, case, standing.partition, words, reason)
    Line.objects.filter(pk=standing.pk).update(replaced_at=moment.now())
    same = ("meeting", "kind", "partition", "said_at", "first", "doer", "due_on", "evidence", "task")
    row = {name: getattr(standing, name) for name in same}
    row |= {"words": "" if struck else words.strip(), "struck": struck, "reason": reason.strip()}
    made = Line.objects.create(**owned(user, case, replaces=standing, **row))
    if standing.task:
        _take_off(user, standing, reason) if struck else _reword(standing, words)
    audit.record(
        user,
        "meetings.line_struck" if struck else "meetings.line_corrected",
        f"line {standing.first}",
        case=case,
        fields=["words"],
    )
    return made


def _reword(line: Line, words: str) -> None:
    """Let the task of a line that was corrected say what the line says now."""
    if line.task is None:
        return
    with as_service(PURPOSE):
        running = Clock.objects.filter(key=line.task, state=Clock.State.RUNNING)
        running.update(text=words.strip()[:200])


def _take_off(user: User, line: Line, reason: str) -> None:
    """Take the task of an action off the list that was struck out of the minutes, and its words with it."""
    if line.task is None:
        return
    with as_service(PURPOSE):
        Clock.objects.filter(key=line.task, state=Clock.State.RUNNING).update(
            state=Clock.State.CANCELLED,
            text="Struck out of the minutes",
            why="",
            ended_at=moment.now(),
            ended_by=user,
            ended_why=reason.strip(),
        )
