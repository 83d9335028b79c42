"""Reading markers and what hangs on them. The wall decides which there are."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import Http404

from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.workforce.models import Covered, EndProposed, Marker, Member, NamedUser, Seen, Step

MOST_LOOKS = 500


def _markers() -> QuerySet[Marker]:
    return Marker.objects.select_related("agency", "by__agency", "case")


def every() -> list[Marker]:
    """Return the markers that this person may read, the newest first."""
    return list(_markers().order_by("-at", "-pk"))


def of_team(user: User) -> list[Marker]:
    """Return the markers in whose team somebody is."""
    mine = Member.objects.filter(user=user, ended_at=None).values("marker")
    return list(_markers().filter(pk__in=mine).order_by("-at", "-pk"))


def one(key: uuid.UUID) -> Marker:
    """Return one, or "not found", said the same for one that never was."""
    found = _markers().filter(key=key).first()
    if found is None:
        raise Http404
    return found


def standing(markers: list[Marker]) -> list[Marker]:
    """Return those of some markers that have not ended."""
    ended = set(
        EndProposed.objects.filter(marker__in=markers, check_made__agrees=True).values_list(
            "marker_id", flat=True
        )
    )
    return [m for m in markers if m.pk not in ended]


def on(*, report_id: str = "", course_id: str = "", case: Case | None = None) -> list[Marker]:
    """Return the markers that count for a report, a pattern or a case, as far as this person reads them."""
    if report_id:
        return _asked("workforce_of_report", report_id)
    return _asked("workforce_of_pattern", course_id) if course_id else _asked("workforce_of_case", case)


def _asked(function: str, what: Any) -> list[Marker]:
    with connection.cursor() as cursor:
        # The name of a function of ours.
        cursor.execute(f"SELECT * FROM {function}(%s)", [getattr(what, "pk", what)])  # noqa: S608
        ids = [row[0] for row in cursor.fetchall()]
    return list(_markers().filter(pk__in=ids).order_by("at")) if ids else []


def members(marker: Marker) -> list[Member]:
    """Return who is in the team now, the lead first."""
    rows = Member.objects.filter(marker=marker, ended_at=None).select_related("user__agency", "by")
    return list(rows.order_by("-lead", "at", "pk"))


def is_here(member: Member) -> bool:
    """Return whether somebody of the team still works where they did when they were named."""
    return member.user.is_active and member.user.agency_id == member.agency_id


def lead(marker: Marker) -> Member | None:
    return next((m for m in members(marker) if m.lead and is_here(m)), None)


def leads(marker: Marker, user: User) -> bool:
    found = lead(marker)
    return found is not None and found.user_id == user.pk


def in_team(marker: Marker, user: User) -> bool:
    return any(m.user_id == user.pk and is_here(m) for m in members(marker))


def named(marker: Marker) -> list[NamedUser]:
    """Return the accounts of the suspect, for the team and whoever named them."""
    return list(NamedUser.objects.filter(marker=marker).select_related("user__agency"))


def named_ids(marker: Marker) -> set[int]:
    return {n.user_id for n in named(marker)}


def steps(marker: Marker) -> list[Step]:
    """Return the steps of the standards route in the order of their time limits, for the team."""
    rows = Step.objects.filter(marker=marker).prefetch_related("outcomes__by")
    return list(rows.order_by("due_at", "pk"))


def step(marker: Marker, key: uuid.UUID) -> Step:
    found = Step.objects.select_related("marker").filter(marker=marker, key=key).first()
    if found is None:
        raise Http404
    return found


def ends(marker: Marker) -> list[EndProposed]:
    rows = EndProposed.objects.filter(marker=marker).select_related("by__agency", "check_made__by__agency")
    return list(rows.order_by("-at", "-pk"))


def open_end(marker: Marker) -> EndProposed | None:
    return next((e for e in ends(marker) if not hasattr(e, "check_made")), None)


def proposal(marker: Marker, key: uuid.UUID) -> EndProposed:
    found = EndProposed.objects.select_related("by__agency", "marker").filter(marker=marker, key=key).first()
    if found is None or hasattr(found, "check_made"):
        raise Http404
    return found


def cases(marker: Marker) -> list[Case]:
    """Return the cases that a marker covers and that this person may open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM workforce_cases(%s)", [marker.pk])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Case.objects.filter(pk__in=ids).order_by("-opened_at"))


def unread(marker: Marker, user: User) -> list[Covered]:
    """Return the reports that a marker has covered since somebody of its team opened it or came in."""
    mine = next((m for m in members(marker) if m.user_id == user.pk and is_here(m)), None)
    if mine is None:
        return []
    last = Seen.objects.filter(user=user, marker_key=marker.key).values_list("at", flat=True).first()
    return list(Covered.objects.filter(marker=marker, at__gt=max(mine.at, last or mine.at)).order_by("at"))


def covered(marker: Marker) -> int:
    return Covered.objects.filter(marker=marker).count()


def blind(case: Case) -> set[str]:
    """Return the agencies whose people find nothing of a case. As a service."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM workforce_blind(%s)", [case.pk])
        return {row[0] for row in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Look:
    """That somebody read something that the marker covers: who, when, what kind of thing."""

    at: dt.datetime
    user: User | None
    agency: str
    verb: str
    subject: str
    case_id: int | None


def looks(marker: Marker) -> list[Look]:
    """Return who of the agency read it before it was marked, and the named account ever: for the team."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM workforce_looks(%s, %s)", [marker.pk, MOST_LOOKS])
        rows = cursor.fetchall()
    users = User.objects.in_bulk({row[1] for row in rows})
    names = dict(Agency.objects.values_list("code", "name"))
    return [
        Look(at, users.get(actor), names.get(agency, agency), verb, subject, case)
        for at, actor, agency, verb, subject, case in rows
    ]
