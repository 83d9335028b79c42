"""Unusual access: found by a job, judged by an auditor. It says what was done, never that it was wrong."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from lamplighter.hub.access.concurrent_edits import one_at_a_time
from lamplighter.hub.audit import configuration, services
from lamplighter.hub.audit.models import UnusualAccess, UnusualAccessClosing
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

RULES = (
    "many_in_an_hour",
    "many_in_a_day",
    "not_on_case",
    "no_work",
    "guessing",
    "young_account_days",
    "second_step_wrong",
    "few_found",
    "no_work_records",
)
# A file of a hub's own from before there was the rule.
NEED_NOT_BE_SET = {"young_account_days": 14, "second_step_wrong": 10, "few_found": 3, "no_work_records": 15}
# Raised each time, and not once a day.
EACH = frozenset({UnusualAccess.Rule.KEPT_OFF, UnusualAccess.Rule.NEAR_REVIEW})
LEAST_WORDS = 20  # characters
# The first half of the lock; what was unusual is the second.
CLOSING = 72022


def config() -> dict[str, Any]:
    """The part "unusual_access" of the configuration; a file of the hub's own need not have every number."""
    return NEED_NOT_BE_SET | configuration.PART.document()


def watch(now: dt.datetime | None = None) -> int:
    """Look at the last two days; returns how many things were raised that had not been before."""
    since = (now or timezone.now()) - dt.timedelta(hours=config()["hours_back"])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rule, user_id, case_id, day, seen, event_id"
            " FROM audit_unusual(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [since, *(config()[name] for name in RULES)],
        )
        rows = cursor.fetchall()
    before = UnusualAccess.objects.count()
    UnusualAccess.objects.bulk_create(
        [
            UnusualAccess(
                rule=rule,
                user_id=user,
                case_id=case,
                day=day,
                count=count,
                event_id=event,
                of=f"{rule}:{user}:{case or ''}:{day}" + (f":{event}" if rule in EACH else ""),
            )
            for rule, user, case, day, count, event in rows
        ],
        ignore_conflicts=True,
    )
    return UnusualAccess.objects.count() - before


@transaction.atomic
def close(user: Any, found: UnusualAccess, finding: str, words: str) -> UnusualAccessClosing:
    """Say what it was. The database lets nobody close what is about themselves: they cannot see it."""
    if len(words.strip()) < LEAST_WORDS:
        raise NotPossibleError(f"Say what you found in at least {LEAST_WORDS} characters.")
    one_at_a_time(found.pk, CLOSING)
    if UnusualAccessClosing.objects.filter(unusual=found).exists():
        raise ConflictError("Somebody has closed this already.")
    made = UnusualAccessClosing.objects.create(unusual=found, user=user, finding=finding, words=words.strip())
    services.record(
        user,
        "audit.unusual_closed",
        f"unusual {found.key}",
        case=found.case_id,
        fields=["finding"],
        to=finding,
    )
    return made
