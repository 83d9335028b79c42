"""Check what is possible with a note and a task. Who may read what is for the wall."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from lamplighter.hub.casework.models import Note
from lamplighter.hub.site.refusals import NotPossibleError


def check_side(partition: str, sides: Collection[str]) -> None:
    if partition not in sides:
        raise NotPossibleError("Choose who will read it.")


def check_note(kind: str, happened_at: dt.datetime, words: str, now: dt.datetime) -> None:
    if kind not in Note.Kind.values:
        raise NotPossibleError("Choose what it was.")
    if happened_at > now + dt.timedelta(minutes=5):
        raise NotPossibleError("The time must not be in the future.")
    if not words.strip():
        raise NotPossibleError("Enter what happened and the outcome.")


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise NotPossibleError("Enter why you correct it.")


def check_own(user: Any, note: Note) -> None:
    if note.owner_id != user.agency_id:
        raise NotPossibleError(f"Only {note.owner.name} can correct this: its people wrote it.")
    if note.struck:
        raise NotPossibleError("It has been struck out. Add a new note instead.")


def check_task(text: str, due_at: dt.datetime, now: dt.datetime) -> None:
    if not text.strip():
        raise NotPossibleError("Enter what is to be done.")
    if due_at < now:
        raise NotPossibleError("The task must be due today or later.")
