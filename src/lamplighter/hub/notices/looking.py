"""Find what a person would find new on their work list: read as that person, as the page reads it.

It asks what *My work* asks (``clocks.notices``), within a transaction of the person's own, so that row
security decides and nothing else. What comes out of here is a kind and a keyed digest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts import encryption
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import may_see_cases
from lamplighter.hub.clocks import notices as work_list
from lamplighter.hub.clocks.notices import Notice
from lamplighter.hub.my_work import selectors as work
from lamplighter.hub.notices import rules

NEWS = "news"


@dataclass(frozen=True, slots=True)
class Thing:
    """Something on a work list: its kind, and a digest that is the same as long as it is the same thing."""

    kind: str
    subject: str


def everything(user: User, now: dt.datetime) -> list[Thing]:
    """Return all that is on the person's work list, but for what no email tells of."""
    left_out = rules.never(timezone.localdate(now))
    return [thing for thing in _seen_by(user, None, now) if not thing.kind.startswith(left_out)]


def urgent(user: User, kinds: tuple[str, ...], now: dt.datetime) -> list[Thing]:
    """Return what is of these kinds, or begins with one of them; contexts that have none are not asked."""
    return _seen_by(user, kinds, now) if kinds else []


def _seen_by(user: User, kinds: tuple[str, ...] | None, now: dt.datetime) -> list[Thing]:
    if not (user.works and may_see_cases(user)):
        return []
    with identity.as_person(user):
        return [*_tasks(user, kinds, now), *_others(user, kinds)]


def _tasks(user: User, kinds: tuple[str, ...] | None, now: dt.datetime) -> Iterator[Thing]:
    rows = work.mine(user).filter(due_at__lt=now + work.AHEAD)
    for kind, key in rows.values_list("kind", "key"):
        if kinds is None or kind.startswith(kinds):
            yield Thing(kind, _digest(f"task {key}"))


def _others(user: User, kinds: tuple[str, ...] | None) -> Iterator[Thing]:
    for context, found in work_list.by_context(user):
        if kinds is None or context in kinds:
            for notice in found():
                yield Thing(context, _digest(f"{context} {_of(notice)}"))
    if kinds is None:
        for told in work_list.news(user):
            yield Thing(NEWS, _digest(f"{NEWS} {told.href} {told.text}"))


def _of(notice: Notice) -> str:
    # With its words: a second report on the same case is a new thing on the same page.
    return f"{notice.href} {notice.text}"


def _digest(text: str) -> str:
    return encryption.digest(text, use="notice")
