"""Tell which counting rules held on a date."""

from __future__ import annotations

import datetime as dt

from lamplighter.vocabulary.codes import Code, code_set


def rules_on(date: dt.date) -> dict[str, Code]:
    """Return the counting rules in force on ``date``, by code."""
    return code_set("recording_rules").on(date)


def holds(rule: str, on: dt.date) -> bool:
    """Tell whether a rule was in force on a date. Raises ``KeyError`` when there is no such rule."""
    found = code_set("recording_rules").codes.get(rule)
    if found is None:
        raise KeyError(f"There is no recording rule {rule!r}")
    return found.in_force(on)
