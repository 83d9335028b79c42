"""Read how to reach the victim safely as it was told with a report, before there was a case or beside it.

It lies with its report and is read where it lies, by functions of the database that decide who
(``wall.sql``): those of the agency that was told it who read the vault of the case, with the reason of their
look; and, until there is a case, whoever typed it. Nothing copies it, so nothing of it is left when its
report is erased.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection

from lamplighter.hub.cases.models import Case
from lamplighter.reporting.words import day


@dataclass(frozen=True, slots=True)
class Told:
    """``title`` says with which report and when, ``words`` what was said."""

    title: str
    words: str


def of_case(case: Case) -> list[Told]:
    """List what one's own agency was told, newest first. Within a look that gave its reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT details, reported_at, source_ref FROM victim_side_told_with_reports(%s)", [case.pk]
        )
        rows = cursor.fetchall()
    return [Told(f"Report {ref}{f', {day(at)}' if at else ''}", words(details)) for details, at, ref in rows]


def of_report(key: uuid.UUID) -> str:
    """Return what was told with a report, for its author until there is a case; "" for all others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT details FROM victim_side_told_with_report(%s)", [key])
        return "; ".join(words(row[0]) for row in cursor.fetchall())


def words(details: str) -> str:
    """The values as they were received, without the names that a system gave them."""
    return "; ".join(_values(json.loads(details)))


def _values(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in _values(part)]
    if isinstance(value, list):
        return [text for part in value for text in _values(part)]
    return [str(value)] if value not in (None, "") else []
