"""Extend markers when patterns change: they cover what joined, in the same transaction.

See ``patterns.hooks``. The rules of the wall keep the agency out as soon as the link is there; this
writes it down, so that the outside team is told and what is withdrawn later stays covered.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.patterns.hooks import Named
from lamplighter.hub.workforce import presenters, services


def persons_changed(person_ids: Collection[str], course_ids: Collection[str], new: Collection[str]) -> None:
    with as_service(services.PURPOSE):
        services.cover()


def everything_found() -> None:
    with as_service(services.PURPOSE):
        services.cover()


def cases_of(reports: Mapping[str, Collection[uuid.UUID]]) -> dict[str, list[Named]]:
    return {}


def told_of(report_key: uuid.UUID) -> list[Named]:
    return []


def works_for(course_id: str) -> list[dict[str, str]]:
    """Return what the page of a pattern says of the markers that count for it."""
    return presenters.lines(course_id=course_id)


def reports_erased(report_ids: Collection[str]) -> dict[str, int]:
    """Forget that markers covered these reports; return how many rows went."""
    return {"workforce_covered": services.forget(report_ids)}
