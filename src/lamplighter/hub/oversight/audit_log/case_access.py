"""List who looked: at a case, for those who answer for it; through emergency access, for its reviewers.

Only auditors read the trail. The database's functions give others the part
that is theirs to know, and check themselves who is asking.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.audit.words import in_words


def _rows(sql: str, values: list[Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def at_case(case: Any, most: int = 500) -> list[dict[str, Any]]:
    """``[{at, who, agency, operation}]``, newest first; empty for whoever does not answer for the case."""
    rows = _rows("SELECT * FROM audit_looks(%s, %s)", [case.pk, most])
    people = User.objects.in_bulk({row["actor_id"] for row in rows if row["actor_id"]})
    for row in rows:
        person = people.get(row["actor_id"])
        row["who"] = person.display_name if person else "The hub itself"
        row["role"] = person.get_role_display() if person else row["service"]
        row["operation"] = Operation(row["operation"]).label
    return rows


def by_day(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """``[{last, who, role, agency, what}]``: one line a person and day of :func:`at_case`, in its order."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        at = timezone.localtime(row["at"])
        key = (at.date(), row["actor_id"], row["agency"], row["service"])
        line = found.setdefault(
            key, {"last": at, "counts": {}} | {k: row[k] for k in ("who", "role", "agency")}
        )
        line["counts"][row["operation"]] = line["counts"].get(row["operation"], 0) + 1
    for line in found.values():
        told = ", ".join(f"{name} ({number})" for name, number in line.pop("counts").items())
        line["what"] = told[:1] + told[1:].lower()
    return list(found.values())


def may_not_review(glass: Any) -> bool:
    """Tell whether what was read through this glass is not for this reviewer: their own, or a case that they
    are kept off. An empty list then says nothing of what was read."""
    (row,) = _rows("SELECT access.broke(%s) OR access.excluded(%s) AS barred", [glass.pk, glass.case_id])
    return bool(row["barred"])


def through_glass(glass: Any) -> list[dict[str, Any]]:
    """``[{at, what}]``: what the person who broke it did on the case until it closed, for reviewers."""
    rows = _rows("SELECT * FROM audit_looks_through(%s)", [glass.pk])
    return [{"at": timezone.localtime(row["at"]), "what": in_words(row["verb"])} for row in rows]
