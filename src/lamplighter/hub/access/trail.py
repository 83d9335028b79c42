"""Write to the audit trail: one call of the database, which seals every row (``hub.audit``)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

WRITE = "SELECT audit_write(%s, %s, %s, %s, %s, %s::text[], %s, %s::jsonb)"


def write(
    actor: int | None,
    operation: str,
    verb: str,
    subject: str,
    *,
    case: int | None = None,
    fields: Sequence[str] = (),
    reason: str = "",
    detail: Mapping[str, Any],
) -> int:
    """Write one event; return its number. ``operation`` is one of ``audit.models.Operation``."""
    told = json.dumps(detail, sort_keys=True)
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [actor, operation, verb, subject, case, list(fields), reason, told])
        return int(cursor.fetchone()[0])
