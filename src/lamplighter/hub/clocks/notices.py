"""Gather what other contexts put on the work list, without this one knowing them.

An application names its module in ``AppConfig.work_list``. The module may hold
``notices(user, team)``: things to do that are no clock of a case, asked anew for
every page; ``advice(user, clocks)``: a line beside a task for those who may read
what it rests on; ``news(user)``: what was added to cases since the person last
opened them; and ``counts(user)``: how many things without a date wait on a page of
their own. All are asked within the request's transaction, so they see what
the person may see. None is ever stored with the task.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from types import ModuleType

from django.apps import apps
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.clocks.models import Clock


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to do by ``due_at`` on the page ``href``. ``case``: its reference, or empty."""

    text: str
    why: str
    due_at: dt.datetime
    href: str
    whose: str
    case: str = ""


def notices(user: User, *, team: bool) -> list[Notice]:
    """List notices for this person, or with ``team`` for anybody of their agency; the most urgent first."""
    found: list[Notice] = []
    for module in _modules("notices"):
        found += module.notices(user, team)
    return sorted(found, key=lambda n: n.due_at)


def by_context(user: User) -> list[tuple[str, Callable[[], list[Notice]]]]:
    """Return each context that may have notices for this person, by its label, and how to ask it."""
    return [
        (module.__name__.removeprefix("lamplighter.hub.").split(".")[0], partial(module.notices, user, False))
        for module in _modules("notices")
    ]


@dataclass(frozen=True, slots=True)
class News:
    """Additions to a case since the person last opened it."""

    case: str
    href: str
    text: str


def news(user: User) -> list[News]:
    """List news for this person on the cases that they have opened before, as other contexts tell it."""
    found: list[News] = []
    for module in _modules("news"):
        found += module.news(user)
    return found


@dataclass(frozen=True, slots=True)
class Count:
    """Number of things that wait without a date, in a sentence, and the page that lists just those."""

    text: str
    href: str
    link: str


def counts(user: User) -> list[Count]:
    """Count the things that wait for this person without a date, as other contexts count them."""
    found: list[Count] = []
    for module in _modules("counts"):
        found += module.counts(user)
    return found


def advice(user: User, clocks: Sequence[Clock]) -> dict[int, str]:
    """Return advice for doing a task, by the clock's id, for those tasks that have such a line."""
    found: dict[int, str] = {}
    for module in _modules("advice") if clocks else ():
        found |= module.advice(user, clocks)
    return found


def end_of(day: dt.date) -> dt.datetime:
    """The last second of the day, in the hub's time zone: what is due on a day is due until then."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), timezone.get_current_timezone())


def _modules(name: str) -> list[ModuleType]:
    named = (getattr(config, "work_list", "") for config in apps.get_app_configs())
    modules = [import_module(path) for path in named if path]
    return [module for module in modules if hasattr(module, name)]
