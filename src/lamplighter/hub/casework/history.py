"""The words of notes, for the lines of a case's history that stand for one.

They are not in the line itself, which is never changed: a corrected or struck
note must read so there too.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from lamplighter.hub.cases.case_page.timeline import DECISIONS
from lamplighter.hub.cases.models import Entry
from lamplighter.hub.cases.selectors import Moment
from lamplighter.hub.casework import notes, presenters, selectors
from lamplighter.hub.casework.models import Note


def words(entries: Sequence[Entry], as_at: Moment) -> dict[int, str]:
    """Return what stands of each note, by the entry's id, at ``as_at`` (``None``: now)."""
    asked = {e.pk: e.of_key for e in entries if e.kind == notes.KIND and e.of_key}
    if not asked:
        return {}
    standing = selectors.standing(list(asked.values()), as_at)
    return presenters.standing_words(asked, standing, _in_words)


def _in_words(note: Note) -> str:
    return f"With: {note.with_whom}. {note.words}" if note.with_whom else note.words


def topics(asked: Mapping[int, uuid.UUID], as_at: Moment) -> dict[int, str]:
    """Return the topic on the timeline of notes that record a decision, by the entry's id."""
    standing = selectors.standing(list(asked.values()), as_at)
    return {
        pk: DECISIONS
        for pk, first in asked.items()
        if first in standing and standing[first].kind == Note.Kind.DECISION
    }
