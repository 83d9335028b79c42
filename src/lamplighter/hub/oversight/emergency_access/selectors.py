"""Read what emergency access can open, to whom, and for how long."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.utils import timezone

from lamplighter.hub.access.models import BreakGlass
from lamplighter.hub.access.wall.partitions import AREAS
from lamplighter.hub.accounts.models import User
from lamplighter.hub.oversight import configuration
from lamplighter.hub.site.config_files.dated import DatedRules
from lamplighter.hub.site.postgresql import prepared

RULES = DatedRules(configuration.PART)


_STANDING = "SELECT id FROM access_breakglass WHERE user_id = %s AND ended_at IS NULL AND expires_at > %s"


def config() -> dict[str, Any]:
    """The part "emergency_access" of the configuration."""
    return configuration.PART.document()


def words_of(partition: str) -> str:
    return str(config()["words"][partition])


def regime_of(area: str, on: dt.date) -> str:
    """The law under which what is in an area is held, in words; "" where no row says."""
    row = RULES.on("regime", on).get(area)
    return row.title if row else ""


def open_to(user: User) -> list[str]:
    """The areas that this person's role may open by breaking the glass. The same for every case."""
    return [name for name, p in AREAS.items() if user.role in p.break_glass]


def standing(user: User) -> list[BreakGlass]:
    """Return this person's open emergency access: asked by every page, and nearly always nothing."""
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, prepared.cursor() as asked:
        found = [pk for (pk,) in asked.execute(_STANDING, [user.pk, timezone.now()], prepare=True)]
    return list(BreakGlass.objects.filter(pk__in=found).order_by("expires_at")) if found else []


def case_by_reference(reference: str) -> int | None:
    """The number of the case with this reference, for casework only and not for whoever is kept off it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access.case_by_reference(%s)", [reference.strip().upper()])
        found: int | None = cursor.fetchone()[0]
    return found
