"""Record every act and every look where nobody can change it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.audit.models import Operation

# What is handed out or looked at by an event of its own is not written a second time by the page.
LOOKS = {Operation.CONSULTATION, Operation.DISCLOSURE}
WRITE = "SELECT audit_write(%s, %s, %s, %s, %s, %s::text[], %s, %s::jsonb)"


def record(
    actor: Any,
    verb: str,
    subject: str,
    *,
    operation: str = Operation.ALTERATION,
    case: Any = None,
    fields: Sequence[str] = (),
    reason: str = "",
    **detail: Any,
) -> int:
    """Write down that somebody did ``verb`` to an opaque ``subject``; returns the number of the event.

    In a request the database names the person itself; ``actor`` counts only
    where there is none (a job, a command; ``None`` for the system).
    """
    who = getattr(actor, "pk", None)
    values = [
        who,
        str(operation),
        verb,
        subject,
        getattr(case, "pk", case),
        list(fields),
        reason,
        json.dumps(detail, sort_keys=True),
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, values)
        made = int(cursor.fetchone()[0])
    if operation in LOOKS:
        page_access.written(values[4], subject)
    return made


def consulted(actor: Any, verb: str, subject: str, *, case: Any = None, **rest: Any) -> int:
    """Write at once that somebody looked, for services. What a page shows is said to ``page_access``."""
    return record(actor, verb, subject, operation=Operation.CONSULTATION, case=case, **rest)
