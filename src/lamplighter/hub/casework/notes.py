"""The only writer of notes: what somebody on the case did, heard or decided."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.casework import policies
from lamplighter.hub.casework.models import Note
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import ConflictError

KIND = "note"
PAGE = "casework:note"


@transaction.atomic
def add(
    user: User,
    case: Case,
    kind: str,
    partition: str,
    words: str,
    *,
    happened_at: dt.datetime,
    with_whom: str = "",
    about: str = "",
) -> Note:
    """Write a note into the history of ``partition``; ``about`` is the text of the task that it belongs to.

    Raises ``NotPossibleError``, also where the words repeat what the vault holds
    and the other side would read them.
    """
    policies.check_side(partition, form_readers.of(user))
    policies.check_note(kind, happened_at, words, moment.now())
    guarding.check(user, case, partition, with_whom, words)
    key = uuid.uuid4()
    row = {"kind": kind, "happened_at": happened_at, "with_whom": with_whom, "words": words}
    made = Note.objects.create(**owned(user, case, partition=partition, key=key, first=key, **row))
    label = made.get_kind_display()
    cases.enter(
        user,
        case,
        KIND,
        (f"{label}: {about}" if about else label)[:200],
        partition=partition,
        happened_at=happened_at,
        page=PAGE,
        of_key=key,
    )
    audit.record(
        user,
        "casework.note_added",
        f"note {key}",
        operation=Operation.COLLECTION,
        case=case,
        fields=["words"],
        kind=kind,
        partition=partition,
    )
    return made


@transaction.atomic
def correct(user: User, case: Case, seen: Note, reason: str, **changed: Any) -> Note:
    """Put a new version in the place of ``seen``, which only its own agency reads from then on.

    ``changed`` are columns of :class:`Note`; ``struck=True`` leaves no words.
    Raises ``ConflictError`` when another version stands by now.
    """
    policies.check_own(user, seen)
    policies.check_reason(reason)
    standing = Note.objects.select_for_update(of=("self",)).get(case=case, first=seen.first, replaced_at=None)
    if standing.pk != seen.pk:
        raise ConflictError(newest=standing)
    row = {
        name: changed.get(name, getattr(standing, name))
        for name in ("kind", "happened_at", "with_whom", "words", "struck")
    }
    if row["struck"]:
        row |= {"words": "", "with_whom": ""}
    else:
        policies.check_note(row["kind"], row["happened_at"], row["words"], moment.now())
    # The reason is read by everybody who reads the note.
    guarding.check(user, case, standing.partition, row["with_whom"], row["words"], reason)
    Note.objects.filter(pk=standing.pk).update(replaced_at=moment.now())
    made = Note.objects.create(
        **owned(
            user,
            case,
            partition=standing.partition,
            first=standing.first,
            replaces=standing,
            reason=reason,
            **row,
        )
    )
    audit.record(
        user,
        "casework.note_struck" if row["struck"] else "casework.note_corrected",
        f"note {standing.first}",
        case=case,
        fields=["words"],
    )
    return made
