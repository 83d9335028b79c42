"""Reviews that fall due and signatures that wait for a check, on the work list of who answers for them."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.clocks.notices import Notice, end_of
from lamplighter.hub.law import permissions, presenters, rule_files, rules, selectors
from lamplighter.reporting.words import count

AHEAD = dt.timedelta(days=28)
OWNERS = "Those who sign for the hub"


def notices(user: User, team: bool) -> list[Notice]:
    """Return what waits for this person: reviews of what they signed, or that nobody else answers for."""
    if team or user.role not in _named():
        return []
    today, found = timezone.localdate(), selectors.standings()
    due = [s for s in found if s.next_review <= today + AHEAD]
    first = selectors.first_who_signs() if due else None
    made = [n for s in due for n in _review(user, s, first)]
    made += [n for s in found for n in _checks(user, s)]
    return [*made, *_files(user, today)]


def _named() -> set[str]:
    named = rules.signing(timezone.localdate()).extra
    return {*named["sign"], *named["check"]}


def _review(user: User, standing: selectors.Standing, first: User | None) -> list[Notice]:
    """On the list of the one person who answers for it; of everybody who signs, where nobody does."""
    owner = selectors.who_answers(standing, first)
    mine = owner is not None and owner.pk == user.pk
    if not permissions.may_sign(user) or (owner is not None and not mine):
        return []
    return [
        Notice(
            text=f"Review the law: {presenters.name(standing)}",
            why="Read the instrument again and sign, so that the hub does not act on old law.",
            due_at=end_of(standing.next_review),
            href=reverse("law:switch", args=[standing.switch.code]),
            whose="Assigned to you" if mine else OWNERS,
        )
    ]


def _checks(user: User, standing: selectors.Standing) -> list[Notice]:
    days = dt.timedelta(days=rules.signing(timezone.localdate()).extra["check_days"])
    return [
        Notice(
            text=f"Check what was signed: {presenters.name(standing)}",
            why=f"Signed by {row.by.display_name}. It is off until a second person has checked it.",
            due_at=end_of(timezone.localdate(row.at) + days),
            href=reverse("law:check", args=[row.key]),
            whose="Those who check for the hub",
        )
        for row in standing.waiting
        if row.by_id != user.pk and permissions.may_check(user)
    ]


def _files(user: User, today: dt.date) -> list[Notice]:
    due = [f for f in rule_files.every() if f.upkeep.next_review <= today + AHEAD]
    if not due or not permissions.may_sign(user):
        return []
    return [
        Notice(
            text=f"Review {count(len(due), 'file')} of rules",
            why="Somebody who knows the practice reads them, and the next review is set in the file.",
            due_at=end_of(min(f.upkeep.next_review for f in due)),
            href=reverse("law:law") + "#rules",
            whose=OWNERS,
        )
    ]
