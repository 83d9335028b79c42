"""Criminal matters: which legal statuses stand, and whether one about the same person is live elsewhere."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.cases.models import Case, LegalStatus, Party
from lamplighter.hub.people.matching import selectors as current_ids

# Nothing has been decided yet: what is said in work with the person could be called for.
LIVE = (LegalStatus.Name.INVESTIGATION, LegalStatus.Name.CHARGED)


def new() -> uuid.UUID:
    """A matter that the case has not had yet."""
    return uuid.uuid4()


def counting(rows: Iterable[LegalStatus]) -> list[LegalStatus]:
    """Those of some rows that no other of them put right, newest first."""
    rows = list(rows)
    replaced = {row.replaces_id for row in rows}
    rows = [row for row in rows if row.pk not in replaced]
    return sorted(rows, key=lambda row: (row.since, row.pk), reverse=True)


def standing(rows: Iterable[LegalStatus]) -> list[LegalStatus]:
    """The newest of each matter, without those that have ended; ``rows`` as :func:`counting` gives them."""
    newest: dict[tuple[int, object], LegalStatus] = {}
    for row in rows:
        newest.setdefault((row.case_id, row.matter), row)
    return [row for row in newest.values() if not row.ends]


@as_service("ask for a live matter")
def live_elsewhere(case: Case, as_at: dt.datetime | None = None, after: dt.datetime | None = None) -> bool:
    """Tell whether a criminal matter about the same suspect is live in any other case; nothing else is told.

    ``after``: whether one is that was recorded later than this. Asked as a service: whoever asks may
    open none of those cases, and learns neither which, nor how many, nor of which agency or victim.
    """
    suspects = _people(as_at).filter(case=case).values_list("person_id", flat=True)
    persons = current_ids.everybody_who_is(set(suspects), as_at) if suspects else {}
    if not persons:
        return False
    cases = _people(as_at).filter(person_id__in=list(persons)).exclude(case=case).values("case")
    rows = LegalStatus.objects.filter(case__in=cases)
    if as_at is not None:
        rows = rows.filter(at__lte=as_at)
    live = [row for row in standing(counting(rows)) if row.name in LIVE]
    return any(after is None or row.at > after for row in live)


def _people(as_at: dt.datetime | None) -> QuerySet[Party]:
    """The suspects whom linkage knows, as cases called them at a moment."""
    rows = Party.objects.filter(side=Party.Side.SUSPECT).exclude(person_id="")
    if as_at is None:
        return rows.filter(replaced_at=None)
    return rows.filter(at__lte=as_at).filter(Q(replaced_at=None) | Q(replaced_at__gt=as_at))
