"""Note when somebody last opened a case, for themselves alone; and what was added since that they may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.casework.models import LastVisit
from lamplighter.hub.clocks.notices import News
from lamplighter.hub.design.environment import plural

# Looks that are no further apart are one visit: reading the history does not make it old.
ONE_VISIT = dt.timedelta(minutes=30)
MOST = 10  # cases on the work list
MOST_ENTRIES = 500


@dataclass(frozen=True, slots=True)
class Since:
    """Additions since the visit before this one; ``at`` is empty on a first visit."""

    at: dt.datetime | None
    entries: Sequence[Entry]


def visit(user: User, case: Case) -> Since:
    """Note that this person looks at the case now, and return what others added since their last visit."""
    now = moment.now()
    row, made = LastVisit.objects.get_or_create(user=user, case=case, defaults={"seen_at": now})
    if not made:
        if now - row.seen_at > ONE_VISIT:
            row.since = row.seen_at
        row.seen_at = max(now, row.seen_at)
        row.save(update_fields=["seen_at", "since"])
    if row.since is None:
        return Since(None, ())
    return Since(row.since, list(_added(user).filter(case=case, at__gt=row.since)[:MOST_ENTRIES]))


def _added(user: User) -> QuerySet[Entry]:
    """What others wrote, newest first, as the wall lets the person see it."""
    rows = Entry.objects.exclude(by=user).select_related("by", "owner")
    return rows.order_by("-at", "-pk")


def news(user: User) -> list[News]:
    """Return the cases that this person has opened and that others have added to since, the latest first.

    At most :data:`MOST` cases, with the newest addition of each; of what the wall lets the person see.
    """
    seen = LastVisit.objects.filter(user=user, case=OuterRef("case")).values("seen_at")
    rows = (
        Entry.objects.filter(case__in=LastVisit.objects.filter(user=user).values("case"))
        .exclude(by=user)
        .filter(at__gt=Subquery(seen))
        .select_related("case")
        .order_by("-at", "-pk")[:MOST_ENTRIES]
    )
    of_case: dict[int, list[Entry]] = {}
    for row in rows:
        of_case.setdefault(row.case_id, []).append(row)
    found = []
    for entries in list(of_case.values())[:MOST]:
        more = f", and {plural(len(entries) - 1, 'more addition')}" if len(entries) > 1 else ""
        case = entries[0].case
        href = reverse("cases:case", args=[case.key])
        found.append(News(case.reference, href, f"{entries[0].title}{more}"))
    return found
