"""Reading the work list. The wall decides which clocks there are; each part is one look-up in an index."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.permissions import DECIDED, may_decide_cases
from lamplighter.hub.clocks.models import BY_HAND, Clock
from lamplighter.hub.clocks.notices import Notice

Moment = dt.datetime | None
MOST = 50  # lines of one part on a page of its own
FEW = 10  # lines of each part where all four are on one page
AHEAD = dt.timedelta(days=60)
NAMES = ("Overdue", "Today", "This week", "Next steps")
# How an address calls them.
LATELY = dt.timedelta(days=30)
WORDS = ("overdue", "today", "week", "next")
PAST = ("Overdue before that day", "Due that day", "Later that week", "What came next")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the list, the most urgent first: what is due from ``start`` (``None``: ever) until before
    ``end``. ``more``: there is more to do than is shown. ``word``: what an address calls it."""

    name: str
    clocks: list[Clock]
    more: bool
    start: dt.datetime | None
    end: dt.datetime
    word: str = ""
    notices: Sequence[Notice] = ()

    def holds(self, due_at: dt.datetime) -> bool:
        return due_at < self.end and (self.start is None or due_at >= self.start)


def mine(user: User, as_at: Moment = None) -> QuerySet[Clock]:
    """Return this person's tasks (index ``my_clocks``), or those of the moment ``as_at``.

    What the agency must decide and nobody has taken is everybody's who decides; what nobody has taken on a
    case is its lead worker's as well: what comes up at night is given to nobody, so that all are told.
    Of the past, tasks that are this person's now, or were when they ended: who
    had a task in between is in the audit trail only.
    """
    own = Q(assigned_to=user)
    own |= Q(assigned_to=None, owner=user.agency_id, case__in=cases.led_by(user)) & ~Q(kind__in=DECIDED)
    if may_decide_cases(user):
        # A referral that waits is never on nobody's list: everybody has it who decides for the agency.
        own |= Q(kind__in=DECIDED, assigned_to=None, owner=user.agency_id)
    return _running(Clock.objects.filter(own), as_at)


def of_team(user: User, as_at: Moment = None) -> QuerySet[Clock]:
    """Return the tasks of this person's agency (index ``team_clocks``), or those of ``as_at``, anyone's."""
    return _running(Clock.objects.filter(owner_id=user.agency_id), as_at)


def given(user: User, now: dt.datetime, most: int = MOST) -> list[Clock]:
    """Return the tasks that this person gave by hand: those that run, and those that ended lately."""
    rows = Clock.objects.filter(by=user, kind=BY_HAND)
    rows = rows.filter(Q(state=Clock.State.RUNNING) | Q(ended_at__gt=now - LATELY))
    rows = rows.select_related("case", "assigned_to", "owner", "ended_by")
    return list(rows.order_by("ended_at", "due_at", "pk")[:most])


def unassigned(user: User) -> QuerySet[Clock]:
    """Return the tasks of this person's agency that nobody has taken."""
    rows = of_team(user).filter(assigned_to=None)
    if may_decide_cases(user):
        rows = rows.exclude(kind__in=DECIDED)  # on their own list
    return rows


def unassigned_late(user: User, now: dt.datetime) -> int:
    """Return how many tasks of the agency are overdue that nobody has taken, up to one over ``MOST``."""
    return len(unassigned(user).filter(due_at__lt=now).values_list("pk")[: MOST + 1])


def _running(clocks: QuerySet[Clock], as_at: Moment) -> QuerySet[Clock]:
    """Those that run, or that the hub knew of at that moment and that had not ended."""
    if as_at is None:
        return clocks.filter(state=Clock.State.RUNNING)
    return clocks.filter(at__lte=as_at).filter(Q(ended_at=None) | Q(ended_at__gt=as_at))


def parts(
    clocks: QuerySet[Clock], now: Moment = None, *, past: bool = False, most: int = MOST, only: str = ""
) -> list[Part]:
    """Overdue, today, this week, later; each at most ``most``. ``only``: the part of this word alone.

    ``past``: ``now`` is the end of a past day. What was due on that day is then in
    the part of that day, though by its end it was late.
    """
    now = now or timezone.now()
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = today + dt.timedelta(days=1)
    # Midnight of the coming Monday; the clocks of the wall may go forward or back in between.
    monday = timezone.make_aware(
        dt.datetime.combine(today.date() + dt.timedelta(days=7 - today.weekday()), dt.time())
    )
    late = today if past else now
    names = PAST if past else NAMES
    bounds = (
        (None, late),
        (late, tomorrow),
        (tomorrow, max(monday, tomorrow)),
        (max(monday, tomorrow), now + AHEAD),
    )
    return [
        _part(clocks, name, *bound, word, most)
        for name, bound, word in zip(names, bounds, WORDS, strict=True)
        if only in ("", word)
    ]


def with_notices(found: Sequence[Part], noticed: Sequence[Notice], most: int) -> list[Part]:
    """The parts with what else waits in each, the first ``most`` things of both together."""
    return [_with_notices(part, [n for n in noticed if part.holds(n.due_at)], most) for part in found]


def _with_notices(part: Part, noticed: Sequence[Notice], most: int) -> Part:
    both: list[Clock | Notice] = [*part.clocks, *noticed]
    things = sorted(both, key=lambda thing: thing.due_at)
    return replace(
        part,
        clocks=[t for t in things[:most] if isinstance(t, Clock)],
        notices=[t for t in things[:most] if isinstance(t, Notice)],
        more=part.more or len(things) > most,
    )


def _part(
    clocks: QuerySet[Clock], name: str, start: dt.datetime | None, end: dt.datetime, word: str, most: int
) -> Part:
    rows = clocks.filter(due_at__lt=end)
    if start is not None:
        rows = rows.filter(due_at__gte=start)
    found = list(rows.select_related("case", "assigned_to", "owner").order_by("due_at", "pk")[: most + 1])
    return Part(name, found[:most], len(found) > most, start, end, word)


def clock(key: uuid.UUID) -> Clock:
    """The clock with this key, or "not found", said the same for one that never was."""
    try:
        return Clock.objects.select_related("case", "assigned_to", "owner").get(key=key)
    except Clock.DoesNotExist:
        raise Http404 from None
