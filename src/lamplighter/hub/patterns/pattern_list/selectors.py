"""Count everything held: what the agencies' exports make when they stand side by side.

Counted by a service: auditors and administrators may know how many there are, and read none of them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.selectors import agency_names
from lamplighter.hub.intake.models import Delivery, PersonRecord, ReportVersion
from lamplighter.hub.patterns.models import Computation, Course
from lamplighter.hub.people.models import Membership


@as_service("count what is held")
def by_agency() -> list[dict[str, Any]]:
    """Reports and person records that are current, agency by agency."""
    current = ReportVersion.objects.filter(superseded_at=None)
    reports = dict(current.values_list("agency").annotate(n=Count("pk")))
    people = dict(
        PersonRecord.objects.filter(version__superseded_at=None)
        .values_list("version__agency")
        .annotate(n=Count("pk"))
    )
    names = agency_names()
    return [
        {"agency": names.get(a, a), "reports": reports[a], "people": people.get(a, 0)}
        for a in sorted(reports, key=lambda a: names.get(a, a))
    ]


@as_service("count what is held")
def together() -> list[tuple[str, int]]:
    """Persons and patterns, and how many of each only several agencies together can see."""
    persons, shared = _persons()
    patterns = Course.objects.filter(superseded_at=None, kind="pattern")
    flagged = patterns.filter(flagged=True)
    return [
        ("Persons", persons),
        ("Persons whom two agencies or more know", shared),
        ("Patterns (two incidents or more)", patterns.count()),
        ("Patterns across agencies", patterns.filter(agencies__len__gt=1).count()),
        ("Patterns read as possible stalking", flagged.count()),
        ("Of these, never recorded as stalking by anyone", flagged.filter(hidden=True).count()),
    ]


def _persons() -> tuple[int, int]:
    """Persons, and those with a record in the reports of two agencies or more."""
    statement = f"""
        SELECT count(*), count(*) FILTER (WHERE agencies > 1)
        FROM (
            SELECT count(DISTINCT v.agency) AS agencies
            FROM {Membership._meta.db_table} m
            JOIN {ReportVersion._meta.db_table} v ON v.report_id = m.report_id AND v.superseded_at IS NULL
            WHERE m.current
            GROUP BY m.person_id
        ) AS p
    """  # noqa: S608  the tables' names are Django's
    with connection.cursor() as cursor:
        cursor.execute(statement)
        persons, shared = cursor.fetchone()
    return persons, shared


@as_service("count what is held")
def worked_out(delivery: Delivery) -> dt.datetime | None:
    """Return when the patterns of a delivery that has been read were first worked out: by a run over
    everything that began afterwards, or over its own reports; ``None`` if not yet."""
    if delivery.finished_at is None:
        return None
    everything = Q(scope=Computation.Scope.ALL, at__gte=delivery.finished_at)
    own = Q(scope=Computation.Scope.DELIVERY, counts__delivery=delivery.pk)
    first = Computation.objects.filter(everything | own, finished_at__isnull=False).order_by("at").first()
    return first.finished_at if first else None
