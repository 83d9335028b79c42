"""Reading which cases are joined. The wall shows a row to those who can open both cases."""

from __future__ import annotations

import uuid

from django.db.models import Q
from django.http import Http404

from lamplighter.hub.cases.models import Case, Participation
from lamplighter.hub.cases.referrals import open_cases
from lamplighter.hub.duplicates.models import Joined


def of_case(case: Case) -> list[Joined]:
    """Every joining of the case, standing or parted, the newest first."""
    rows = Joined.objects.filter(Q(case=case) | Q(other=case))
    return list(rows.select_related("case", "other", "by", "parted_by").order_by("-at", "-pk"))


def standing(case: Case) -> list[Joined]:
    return [row for row in of_case(case) if row.parted_at is None]


def one(case: Case, key: uuid.UUID) -> Joined:
    """The joining with this key, or "not found", said the same for one that never was."""
    found = next((row for row in of_case(case) if row.key == key), None)
    if found is None:
        raise Http404
    return found


def candidates(case: Case) -> list[Case]:
    """The other open cases of the same two people, the same way round, that could be joined with it."""
    return [] if standing(case) else open_cases.of_case(case)


def candidate(case: Case, key: uuid.UUID) -> Case:
    found = next((other for other in candidates(case) if other.key == key), None)
    if found is None:
        raise Http404
    return found


def agencies_that_join(older: Case, younger: Case) -> list[Participation]:
    """Those who work on the younger case and not on the older."""
    here = Participation.objects.filter(case=older, ended_at=None).values("agency")
    rows = Participation.objects.filter(case=younger, ended_at=None).exclude(agency__in=here)
    return list(rows.select_related("agency").order_by("at", "pk"))
