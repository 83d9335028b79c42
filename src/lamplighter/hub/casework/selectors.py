"""Reading notes. The wall decides which there are."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.http import Http404

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.cases.models import Case, Participation
from lamplighter.hub.cases.selectors import Moment, standing_rows
from lamplighter.hub.casework.models import Note


def note(case: Case, first: uuid.UUID) -> Note:
    """Return the standing version of a note, or "not found", said the same for one that never was."""
    found = (
        Note.objects.filter(case=case, first=first, replaced_at=None).select_related("by", "owner").first()
    )
    if found is None:
        raise Http404
    return found


def earlier(found: Note) -> list[Note]:
    """Return the versions before this one that the person may read, the newest first."""
    rows = Note.objects.filter(case=found.case_id, first=found.first).exclude(pk=found.pk)
    return list(rows.select_related("by", "owner").order_by("-pk"))


def standing(firsts: Collection[uuid.UUID], as_at: Moment = None) -> dict[uuid.UUID, Note]:
    """Return the versions of these notes that stand, or stood at ``as_at``, by the key of the first."""
    rows = standing_rows(Note.objects.filter(first__in=firsts), as_at, "replaced_at")
    return {row.first: row for row in rows.select_related("by", "owner")}


def on_case(case: Case) -> list[Agency]:
    """Return the agencies that work on the case."""
    rows = Participation.objects.filter(case=case, ended_at=None).select_related("agency")
    return [row.agency for row in rows.order_by("at", "pk")]
