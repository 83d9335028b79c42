"""Record every act and every look where nobody can change it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lamplighter.hub.access import trail
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.audit.models import Operation

# What is handed out or looked at by an event of its own is not written a second time by the page.
LOOKS = {Operation.CONSULTATION, Operation.DISCLOSURE}


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
    of_case = getattr(case, "pk", case)
    made = trail.write(
        who, str(operation), verb, subject, case=of_case, fields=fields, reason=reason, detail=detail
    )
    if operation in LOOKS:
        page_access.written(of_case, subject)
    return made


def consulted(actor: Any, verb: str, subject: str, *, case: Any = None, **rest: Any) -> int:
    """Write at once that somebody looked, for services. What a page shows is said to ``page_access``."""
    return record(actor, verb, subject, operation=Operation.CONSULTATION, case=case, **rest)
