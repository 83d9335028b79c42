"""Check an answer about a child. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Iterable

from lamplighter.hub.children.models import Answer
from lamplighter.hub.site.config_files.dated import Rule
from lamplighter.hub.site.refusals import NotPossibleError


def check_asked(asked: Iterable[Rule], code: str) -> Rule:
    """Return the question of this code, where it is asked of this case."""
    found = next((rule for rule in asked if rule.code == code), None)
    if found is None:
        raise NotPossibleError("This is not asked of this case.")
    return found


def check_answer(given: str, words: str) -> None:
    if given not in Answer.Given.values:
        raise NotPossibleError("Choose an answer.")
    if not words.strip():
        raise NotPossibleError("Enter what is known, and who did what.")
