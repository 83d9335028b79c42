"""The words of minutes, for the lines of a case's history that stand for one.

They are not in the line itself, which is never changed: a corrected or struck line must read so there too.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from lamplighter.hub.cases.models import Entry
from lamplighter.hub.cases.selectors import Moment
from lamplighter.hub.casework.presenters import standing_words
from lamplighter.hub.meetings import presenters, selectors
from lamplighter.hub.meetings.minutes import services as minutes


def words(entries: Sequence[Entry], as_at: Moment) -> dict[int, str]:
    """Return what stands of each line, by the entry's id, at ``as_at`` (``None``: now)."""
    asked = {e.pk: e.of_key for e in entries if e.page == minutes.PAGE and e.of_key}
    if not asked:
        return {}
    standing = selectors.standing(list(asked.values()), as_at)
    return standing_words(asked, standing, presenters.in_words)


def topics(asked: Mapping[int, uuid.UUID], as_at: Moment) -> dict[int, str]:
    """Lines of minutes are told by the kind of their entry."""
    return {}
