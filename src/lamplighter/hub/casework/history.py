"""The words of notes, for the lines of a case's history that stand for one.

They are not in the line itself, which is never changed: a corrected or struck
note must read so there too.
"""

from __future__ import annotations

from collections.abc import Sequence

from lamplighter.hub.cases.models import Entry
from lamplighter.hub.cases.selectors import Moment
from lamplighter.hub.casework import notes, selectors


def words(entries: Sequence[Entry], as_at: Moment) -> dict[int, str]:
    """Return what stands of each note, by the entry's id, at ``as_at`` (``None``: now)."""
    asked = {e.pk: e.of_key for e in entries if e.kind == notes.KIND and e.of_key}
    if not asked:
        return {}
    standing = selectors.standing(list(asked.values()), as_at)
    found = {}
    for pk, first in asked.items():
        note = standing.get(first)
        if note is None:
            found[pk] = "It was corrected since that day. The case as it is now shows what stands."
        elif note.struck:
            found[pk] = f"Struck out: {note.reason}"
        else:
            told = f"With: {note.with_whom}. {note.words}" if note.with_whom else note.words
            found[pk] = f"{told} (Corrected: {note.reason})" if note.replaces_id else told
    return found
