"""Say what stands of a text that its own agency can correct, for the lines of a case's history."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

GONE = "It was corrected since that day. The case as it is now shows what stands."


def standing_words(
    asked: Mapping[int, uuid.UUID], standing: Mapping[uuid.UUID, Any], in_words: Callable[[Any], str]
) -> dict[int, str]:
    """Return the words of each entry (by its id) that stands for a text, as its standing version has them.

    ``asked``: keys of the first versions. ``standing``: rows with ``struck``, ``reason`` and ``replaces_id``.
    """
    found = {}
    for pk, first in asked.items():
        row = standing.get(first)
        if row is None:
            found[pk] = GONE
        elif row.struck:
            found[pk] = f"Struck out: {row.reason}"
        else:
            found[pk] = f"{in_words(row)} (Corrected: {row.reason})" if row.replaces_id else in_words(row)
    return found
