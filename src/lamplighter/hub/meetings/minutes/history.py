"""The words of minutes, for the lines of a case's history that stand for one.

They are not in the line itself, which is never changed: a corrected or struck line must read so there too.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from lamplighter.hub.cases.models import Entry
from lamplighter.hub.cases.selectors import Moment
from lamplighter.hub.meetings import presenters, selectors
from lamplighter.hub.meetings.minutes import services as minutes


def words(entries: Sequence[Entry], as_at: Moment) -> dict[int, str]:
    """Return what stands of each line, by the entry's id, at ``as_at`` (``None``: now)."""
    asked = {e.pk: e.of_key for e in entries if e.page == minutes.PAGE and e.of_key}
    if not asked:
        return {}
    standing = selectors.standing(list(asked.values()), as_at)
    found = {}
    for pk, first in asked.items():
        line = standing.get(first)
        if line is None:
            found[pk] = "It was corrected since that day. The case as it is now shows what stands."
        elif line.struck:
            found[pk] = f"Struck out: {line.reason}"
        else:
            told = presenters.in_words(line)
            found[pk] = f"{told} (Corrected: {line.reason})" if line.replaces_id else told
    return found


def topics(asked: Mapping[int, uuid.UUID], as_at: Moment) -> dict[int, str]:
    """Lines of minutes are told by the kind of their entry."""
    return {}
