"""Follow the patterns where reports are erased: the index's answers about their suspects go with them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from lamplighter.hub.elsewhere import placing
from lamplighter.hub.patterns.hooks import Named


def reports_erased(report_ids: Collection[str]) -> dict[str, int]:
    """Forget answers about records of these reports; return how many rows went, by table."""
    return placing.forget(report_ids)


def persons_changed(person_ids: Collection[str], course_ids: Collection[str], new: Collection[str]) -> None:
    """Do nothing at once: the morning's job brings answers to those whom they are about by then."""


def everything_found() -> None:
    """Do nothing at once, for the same reason."""


def cases_of(reports: Mapping[str, Collection[uuid.UUID]]) -> dict[str, list[Named]]:
    """Return nothing: no page of a pattern says where somebody is known."""
    return {}


def told_of(report_key: uuid.UUID) -> list[Named]:
    """Return nothing, for the same reason."""
    return []
