"""What is unusual, asked from one event on."""

from __future__ import annotations

from django.db import connection

from lamplighter.hub.audit.access_log import anomalies
from lamplighter.hub.audit.models import Event


def last_event() -> int:
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def raised_from(event: Event) -> set[tuple[str, int, int | None]]:
    """What would be put before the auditor if nothing had been seen before this event."""
    limits = [anomalies.config()[name] for name in anomalies.RULES]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rule, user_id, case_id FROM audit_unusual(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [event.at, *limits],
        )
        return set(cursor.fetchall())
