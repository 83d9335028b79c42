"""Reading meetings. The wall decides which lines of a case there are."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable

from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from lamplighter.hub.access.models import Exclusion
from lamplighter.hub.access.wall.partitions import CASEWORK
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.selectors import standing_rows
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.meetings.models import Attendance, Line, Meeting, Placing, Return

Moment = dt.datetime | None


def meeting(key: uuid.UUID) -> Meeting:
    """The meeting with this key, or "not found"."""
    try:
        return Meeting.objects.select_related("chair__agency").get(key=key)
    except Meeting.DoesNotExist:
        raise Http404 from None


def to_come(now: dt.datetime) -> list[Meeting]:
    """Meetings that are not over yet, the next first."""
    rows = Meeting.objects.filter(ends_at__gte=now, cancelled_at=None).select_related("chair")
    return list(rows.order_by("starts_at", "pk")[:50])


def past(now: dt.datetime) -> list[Meeting]:
    """Meetings that are over or were cancelled, the last first."""
    rows = Meeting.objects.filter(Q(ends_at__lt=now) | ~Q(cancelled_at=None)).select_related("chair")
    return list(rows.order_by("-starts_at", "-pk")[:50])


def next_meeting(now: dt.datetime) -> Meeting | None:
    """The meeting that goes on now, or the next one."""
    rows = Meeting.objects.filter(ends_at__gte=now, cancelled_at=None, agreed_at=None)
    return rows.order_by("starts_at", "pk").first()


def before(found: Meeting) -> Meeting | None:
    """The meeting before this one."""
    rows = Meeting.objects.filter(starts_at__lt=found.starts_at, cancelled_at=None)
    return rows.order_by("-starts_at", "-pk").first()


def until(found: Meeting, now: dt.datetime) -> Moment:
    """Return up to when the agenda of a meeting that is over reaches; ``None`` where it still grows.

    Minutes may be agreed days later: what joined a case meanwhile is the next meeting's.
    """
    local = timezone.localtime(found.ends_at)
    midnight = timezone.make_aware(dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time()))
    ends = [end for end in (found.agreed_at, midnight) if end and end <= now]
    return min(ends, default=None)


def invited(found: Meeting) -> list[User]:
    """People of the agencies that are asked, by agency and name."""
    rows = User.objects.working().filter(agency__in=found.agencies, role__in=[str(r) for r in CASEWORK])
    return list(rows.select_related("agency").order_by("agency__name", "display_name", "pk"))


def is_invited(user: User, found: Meeting) -> bool:
    """Tell whether somebody is asked to come: their agency, whoever chairs it and whoever planned it."""
    return user.agency_id in found.agencies or user.pk in {found.chair_id, found.by_id}


def asked_to(found: Meeting) -> list[User]:
    """Return everybody who is asked to come and does casework: what :func:`is_invited` says of each."""
    asked = Q(agency__in=found.agencies) | Q(pk__in=[found.chair_id, found.by_id])
    people = User.objects.filter(asked, role__in=CASEWORK, is_active=True)
    return [person for person in people.select_related("agency").order_by("pk") if person.works]


def agencies(codes: Collection[str]) -> list[Agency]:
    return list(Agency.objects.filter(pk__in=list(codes)).order_by("name"))


def attendance(found: Meeting) -> list[Attendance]:
    """Return who came, as it stands, by agency and name."""
    rows = Attendance.objects.filter(meeting=found).select_related("person", "agency").order_by("pk")
    standing = {(row.person_id, row.guest, row.agency_id): row for row in rows}
    return sorted(standing.values(), key=lambda row: (row.agency.name, who_came(row)))


def who_came(row: Attendance) -> str:
    return row.person.display_name if row.person else row.guest


def kept_off(case: Case, among: Iterable[User]) -> list[User]:
    """Return who of these is blocked from the case, for those who may know who is blocked."""
    people = {user.pk: user for user in among}
    rows = Exclusion.objects.filter(case=case, ended_at=None, user__in=list(people))
    return [people[pk] for pk in dict.fromkeys(rows.order_by("user_id").values_list("user_id", flat=True))]


def placings(found: Meeting, as_at: Moment = None) -> dict[tuple[str, int], Placing]:
    """The standing row of each case in each section of an agenda."""
    rows = Placing.objects.filter(meeting=found)
    if as_at:
        rows = rows.filter(at__lte=as_at)
    return {(row.section, row.case_id): row for row in rows.order_by("pk")}


def returns(found: Meeting, case: Case | None = None) -> list[Return]:
    """The newest return of each agency on each side of each case that one may read."""
    rows = Return.objects.filter(meeting=found).select_related("by", "owner")
    if case is not None:
        rows = rows.filter(case=case)
    standing = {(row.case_id, row.owner_id, row.partition): row for row in rows.order_by("pk")}
    return sorted(standing.values(), key=lambda row: (row.owner.name, row.partition))


def own_return(found: Meeting, case: Case, user: User) -> Return | None:
    """The newest return of one's own agency."""
    rows = Return.objects.filter(meeting=found, case=case, owner_id=user.agency_id)
    return rows.select_related("by", "owner").order_by("-pk").first()


def lines(found: Meeting, case: Case | None = None) -> list[Line]:
    """The lines of the minutes that stand and that one may read, as they were written."""
    rows = Line.objects.filter(meeting=found, replaced_at=None)
    if case is not None:
        rows = rows.filter(case=case)
    return list(rows.select_related("by", "owner", "doer__agency").order_by("said_at", "pk"))


def of_case(case: Case) -> list[Line]:
    """Every standing line of the case that one may read, with its meeting, the newest meeting first."""
    rows = Line.objects.filter(case=case, replaced_at=None)
    rows = rows.select_related("by", "owner", "doer__agency", "meeting")
    return list(rows.order_by("-meeting__starts_at", "said_at", "pk"))


def line(case: Case, first: uuid.UUID) -> Line:
    """Return the standing version of a line, or "not found", said the same for one that never was."""
    rows = Line.objects.filter(case=case, first=first, replaced_at=None)
    found = rows.select_related("by", "owner", "doer__agency", "meeting").first()
    if found is None:
        raise Http404
    return found


def tasks_of(rows: Iterable[Line]) -> dict[uuid.UUID, Clock]:
    """Return the tasks of these lines that one may read, by their key."""
    keys = [row.task for row in rows if row.task]
    return {task.key: task for task in Clock.objects.filter(key__in=keys).select_related("ended_by")}


def earlier(found: Line) -> list[Line]:
    """Return the versions before this one that the person may read, the newest first."""
    rows = Line.objects.filter(case=found.case_id, first=found.first).exclude(pk=found.pk)
    return list(rows.select_related("by", "owner").order_by("-pk"))


def standing(firsts: Collection[uuid.UUID], as_at: Moment = None) -> dict[uuid.UUID, Line]:
    """Return the versions of these lines that stand, or stood at ``as_at``, by the key of the first."""
    rows = standing_rows(Line.objects.filter(first__in=firsts), as_at, "replaced_at")
    return {row.first: row for row in rows.select_related("by", "owner", "doer__agency")}
