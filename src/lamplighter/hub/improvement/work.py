"""Put actions on work lists: to do, to look at, to check, and what is late before whoever must learn of it.

Nothing is stored: each task is worked out from the action's entries, as its status is, and is gone when that
changes. Whoever answers for an action has it, with its clock, from the day on which it was added; their own
agency's leads and coordinators learn that it is late by the rule of overdue tasks, and the hub's coordinators
some working days later. One later date is waited for. Another puts off nothing. What is late is one line of a
list, however much it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.clocks.configuration import PART as CLOCKS
from lamplighter.hub.clocks.notices import Notice, end_of
from lamplighter.hub.improvement import permissions, presenters, rules, selectors
from lamplighter.hub.improvement.selectors import Stands
from lamplighter.reporting.words import day
from lamplighter.studies.register import verdicts

OWN, NOBODY = "You answer for it", "Nobody answers for it yet"
TEAM = "Somebody of your team answers for it"
COORDINATE, SECOND = "You coordinate", "Anybody but whoever found it"
MOST = 50


def notices(user: User, team: bool) -> list[Notice]:
    """Return what actions wait for from this person, or from anybody of their team."""
    if not permissions.may_write_improvement(user):
        return []
    now = moment.now()
    today = timezone.localdate(now)
    open_ = [selectors.stands(action, today) for action in selectors.open_actions()]
    if team:
        ours = (s for s in open_ if s.action.agency_id == user.agency_id and s.undone)
        found = [_to_do(s, today, TEAM if s.owner else NOBODY) for s in ours]
    else:
        staffed = selectors.agencies_with_writers()
        found = [notice for s in open_ for notice in _of_one(user, s, now, staffed)]
    return _gathered(sorted(found, key=lambda n: n.due_at), now)[:MOST]


def _gathered(found: list[Notice], now: dt.datetime) -> list[Notice]:
    """Return notices with those that are late as one line: they may be old, and hide no task of a case."""
    late = [n for n in found if n.due_at < now]
    if len(late) < 2:
        return found
    oldest = late[0]
    one = Notice(
        f"See to {len(late)} improvement actions that are overdue",
        f"The oldest: {oldest.text}",
        oldest.due_at,
        reverse("improvement:list"),
        " and ".join(dict.fromkeys(n.whose for n in late)),
    )
    return [one, *found[len(late) :]]


def _of_one(user: User, found: Stands, now: dt.datetime, staffed: Collection[str]) -> Iterator[Notice]:
    today = timezone.localdate(now)
    coordinates, ours = user.role == Role.COORDINATOR, found.action.agency_id == user.agency_id
    if found.undone:
        if found.owner is not None:
            has = found.owner.pk == user.pk
        else:
            # Of an agency in which nobody may read it, the hub's coordinators do.
            has = ours or (coordinates and found.action.agency_id not in staffed)
        due = _due(found, today)
        if has:
            yield _to_do(found, today, OWN if found.owner else NOBODY)
        elif ours and now > end_of(due) + dt.timedelta(hours=CLOCKS.document()["told_after_hours"]):
            yield _late(found, due)
        elif coordinates and today >= rules.by("escalated", _waited_for(found, today), today):
            yield _escalated(found, today)
    if coordinates and found.standing.status == verdicts.CLAIMED and (said := found.unlooked) is not None:
        yield Notice(
            f"Look whether it is shown: {found.action.title}"[:200],
            f"{found.action.agency.name} says that it is done. Nobody has found that it is. "
            f"What would show it: {found.action.rule}",
            end_of(rules.by("look", timezone.localdate(said.at), today)),
            reverse("improvement:find", args=[found.action.key]),
            COORDINATE,
        )
    for finding in found.unchecked:
        if finding.by_id != user.pk and (coordinates or ours):
            yield Notice(
                f"Check a finding: {found.action.title}"[:200],
                f"{presenters.found_words(finding)}, by somebody’s account. It does not count until a second "
                "person agrees.",
                end_of(rules.by("check", timezone.localdate(finding.at), today)),
                reverse("improvement:check", args=[found.action.key, finding.key]),
                SECOND,
            )


def _due(found: Stands, today: dt.date) -> dt.date:
    """Return by when whoever answers must have done it: the latest date said, or time to answer evidence."""
    return max(found.later or found.action.due_on, _answer_by(found, today))


def _waited_for(found: Stands, today: dt.date) -> dt.date:
    """Return until when the hub's coordinators wait: the first later date that was said, and no other."""
    return max(found.first_later or found.action.due_on, _answer_by(found, today))


def _answer_by(found: Stands, today: dt.date) -> dt.date:
    told = found.contradicted_on
    return rules.by("answer", told, today) if told else dt.date.min


def _to_do(found: Stands, today: dt.date, whose: str) -> Notice:
    action = found.action
    moved = f" It was first due on {day(action.due_on)}." if found.later else ""
    why = f"{presenters.status(found)}.{moved} What would show that it is done: {action.rule}"
    href = reverse("improvement:action", args=[action.key])
    text = f"Say what happens next: {action.title}" if found.contradicted_on else action.title
    return Notice(text[:200], why, end_of(_due(found, today)), href, whose)


def _late(found: Stands, due: dt.date) -> Notice:
    href = reverse("improvement:action", args=[found.action.key])
    text, why = f"Overdue: {found.action.title}"[:200], f"It was due on {day(due)} and is not done."
    return Notice(text, why, end_of(due), href, TEAM)


def _escalated(found: Stands, today: dt.date) -> Notice:
    action, due = found.action, _waited_for(found, today)
    moved = f" It was first due on {day(action.due_on)}." if due != action.due_on else ""
    return Notice(
        f"See to what {action.agency.name} was to do by {day(due)}",
        f"An improvement action is not done: {action.title}.{moved}",
        end_of(due),
        reverse("improvement:action", args=[action.key]),
        COORDINATE,
    )
