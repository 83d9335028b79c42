"""Put on work lists what meetings wait for: to come, to agree the minutes, to do what was agreed of no case.

What was agreed in a meeting and is not done is carried over on each agenda, brought before its doer's
own team by the rules of overdue tasks (``clocks.overdue``), and after some working days before whoever
chaired the meeting and the hub's coordinators: here. Nobody is told of what they may not read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.clocks.notices import Notice, end_of
from lamplighter.hub.meetings import presenters, rules, selectors
from lamplighter.hub.meetings.general import selectors as general
from lamplighter.hub.meetings.minutes.services import ACTION
from lamplighter.hub.meetings.models import Business, Line, Meeting
from lamplighter.hub.meetings.services import called
from lamplighter.reporting.words import day

AHEAD = dt.timedelta(days=7)
LONG_AGO = dt.timedelta(days=92)
MOST = 50
OWN, TEAM = "Assigned to you", "Somebody of your team"
YOURS = "You chaired the meeting, or coordinate"


def notices(user: User, team: bool) -> list[Notice]:
    """Return what meetings wait for from this person, or from anybody of their team."""
    now = moment.now()
    today = timezone.localdate(now)
    business = list(general.not_done().filter(due_on__lt=today + AHEAD)[:MOST])
    if team:
        return [_to_do(row, TEAM) for row in business if row.doer and row.doer.agency_id == user.agency_id]
    found = [_to_do(row, OWN) for row in business if row.doer_id == user.pk]
    late = [row for row in business if row.due_on and rules.is_escalated(row.due_on, today)]
    found += [_not_done(row) for row in late if row.doer_id != user.pk and _answers(user, row.meeting)]
    open_now = {"cancelled_at": None, "agreed_at": None}
    near = Q(starts_at__gt=now - LONG_AGO, starts_at__lt=now + AHEAD, **open_now)
    meetings = Meeting.objects.filter(near | Q(chair=user, cancelled_at=None)).select_related("chair")
    known = list(meetings.order_by("starts_at", "pk"))
    chaired = [meeting for meeting in known if meeting.chair_id == user.pk]
    return found + _meetings(user, known, now) + _escalated(user, chaired, today)


def _meetings(user: User, known: Collection[Meeting], now: dt.datetime) -> list[Notice]:
    """Return the meetings of the next days that one is asked to, and those whose minutes wait for one."""
    found = []
    for meeting in known:
        if meeting.agreed_at or not now - LONG_AGO < meeting.starts_at < now + AHEAD:
            continue
        href = reverse("meetings:meeting", args=[meeting.key])
        if meeting.ends_at >= now and selectors.is_invited(user, meeting):
            text = f"Come to the {called(meeting)}"
            when = presenters.when(meeting)
            found.append(Notice(text, when, meeting.starts_at, href, "Your agency is asked"))
        elif meeting.ends_at < now and meeting.chair_id == user.pk:
            text = f"Agree the minutes: {called(meeting)}"
            why = "You chaired it. Until they are agreed the minutes are a draft."
            found.append(Notice(text, why, meeting.ends_at + AHEAD, href, OWN))
    return found


def _answers(user: User, meeting: Meeting) -> bool:
    """Tell whether somebody answers for what a meeting agreed."""
    return user.role == Role.COORDINATOR or meeting.chair_id == user.pk


def _escalated(user: User, chaired: Collection[Meeting], today: dt.date) -> list[Notice]:
    """Return actions of cases that are long overdue, of meetings that one chaired; to coordinators all.

    An agency's own coordinators have them as its team, and are told by the rules of overdue tasks.
    """
    if user.role != Role.COORDINATOR and not chaired:
        return []
    agreed = Line.objects.filter(first=OuterRef("of_key"), replaced_at=None)
    rows = Clock.objects.filter(kind=ACTION, state=Clock.State.RUNNING, due_at__lt=end_of(today))
    rows = rows.annotate(in_meeting=Subquery(agreed.values("meeting")[:1]))
    of_mine = Q(in_meeting__in=[meeting.pk for meeting in chaired])
    if user.role != Role.COORDINATOR:
        rows = rows.filter(of_mine)
    mine = Q(assigned_to=user) | (Q(owner_id=user.agency_id) & ~of_mine)
    found = []
    for clock in rows.exclude(mine).select_related("case", "owner").order_by("due_at", "pk")[:MOST]:
        due = timezone.localdate(clock.due_at)
        if rules.is_escalated(due, today):
            found.append(
                Notice(
                    f"See to what {clock.owner.name} was to do by {day(due)}",
                    "It was agreed in a meeting and is not done. Ask them, or bring it to the next meeting.",
                    clock.due_at,
                    reverse("meetings:line", args=[clock.case.key, clock.of_key]),
                    YOURS,
                    clock.case.reference,
                )
            )
    return found


def _to_do(row: Business, whose: str) -> Notice:
    return Notice(
        row.words[:200],
        f"Agreed in the {called(row.meeting)}, on no case. What would show that it is done: {row.evidence}",
        end_of(_due(row)),
        _of(row),
        whose,
    )


def _not_done(row: Business) -> Notice:
    agency = row.doer.agency.name if row.doer and row.doer.agency else "somebody"
    return Notice(
        f"See to what {agency} was to do by {day(_due(row))}",
        f"It was agreed in the {called(row.meeting)}, on no case, and is not done.",
        end_of(_due(row)),
        _of(row),
        YOURS,
    )


def _due(row: Business) -> dt.date:
    # What somebody is asked to do has a day.
    return row.due_on or timezone.localdate(row.at)


def _of(row: Business) -> str:
    item = row.item or row
    return f"{reverse('meetings:business', args=[row.meeting.key, item.key])}#line-{row.key}"
