"""Find when a suspect last came to notice: the police keep what they hold by person, not by case.

Asked as services, over every case and every report of the hub: whoever reviews one case learns the day from
which its records count, or that no time has begun, and neither which other case or report it was nor whose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Max
from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.cases.models import Case, Closing, LegalStatus, MappaStatus, Party, Status
from lamplighter.hub.cases.policies import OVER
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.people.matching import selectors as current_ids
from lamplighter.hub.people.models import Membership

MAPPA = (MappaStatus.State.MANAGED, MappaStatus.State.ENDED)


@dataclass(frozen=True, slots=True)
class Noticed:
    """``last``: when the suspects of a case last came to notice; ``None`` while a case about them is open.

    ``mappa``: whether one of them is or was managed under MAPPA, on whatever case.
    """

    last: dt.datetime | None
    mappa: bool


def noticed(case: Case) -> Noticed:
    """Look over the cases and reports of everybody who is a suspect of this case.

    A suspect whom linkage does not know is in this case alone.
    """
    with as_service("review retention"):
        persons = _persons(case)
        cases = _cases(case, persons)
        mappa = MappaStatus.objects.filter(case__in=cases, state__in=MAPPA).exists()
        ended = ends(cases)
        matters = LegalStatus.objects.filter(case__in=cases).aggregate(last=Max("since"))["last"]
    if None in ended:
        return Noticed(None, mappa)
    days = [end for end in ended if end] + ([_noon(matters)] if matters else []) + _reports(persons)
    return Noticed(max(days), mappa)


def _persons(case: Case) -> set[str]:
    """Every id under which the suspects of the case are known."""
    rows = Party.objects.filter(case=case, side=Party.Side.SUSPECT, replaced_at=None).exclude(person_id="")
    named = set(rows.values_list("person_id", flat=True))
    return set(current_ids.everybody_who_is(named)) if named else set()


def _cases(case: Case, persons: Collection[str]) -> set[int]:
    rows = Party.objects.filter(side=Party.Side.SUSPECT, person_id__in=persons, replaced_at=None)
    return {case.pk, *rows.values_list("case_id", flat=True)}


def ends(cases: Collection[int]) -> list[dt.datetime | None]:
    """Return when each of these cases ended, in the order of their ids; ``None`` where it is open.

    As many questions to the database for one case as for many: how long the page takes must not tell.
    """
    statuses = Status.objects.filter(case__in=cases).order_by("case", "-at", "-pk").distinct("case")
    closings = Closing.objects.filter(case__in=cases).order_by("case", "-at", "-pk").distinct("case")
    closed = {row.case_id: row.at for row in closings}
    newest = {row.case_id: row for row in statuses}
    found: list[dt.datetime | None] = []
    for case in sorted(cases):
        row = newest.get(case)
        over = row is not None and row.name in OVER
        found.append(max(row.at, closed.get(case, row.at)) if row is not None and over else None)
    return found


def _reports(persons: Iterable[str]) -> list[dt.datetime]:
    """When the newest report about one of them was made; nothing where none is held."""
    with as_service("count what is held"):
        held = Membership.objects.filter(person_id__in=list(persons), current=True, role="suspect")
        reports = ReportVersion.objects.filter(report_id__in=held.values("report_id"), superseded_at=None)
        last = reports.aggregate(last=Max("reported_at"))["last"]
    # Reports carry the time of the place, without a zone.
    return [timezone.make_aware(last) if timezone.is_naive(last) else last] if last else []


def _noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), timezone.get_current_timezone())
