"""Gather what other contexts put on the page of a case, without this one knowing them.

An application names its module in ``AppConfig.case_panels``; the module may
hold ``PANELS`` (parts of the overview), ``PLACES`` (pages, each in one tab of
the case), ``ADDINGS`` (what somebody can add) and ``bar(user, case, as_at)`` (what the bar says, on every
page of the case: :class:`Bar`). Each is asked within the
request's transaction, so it sees what the person may see: where there is
nothing, it is left out, and nothing on the page says that it could have been
there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.apps import apps

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case, Entry

May = Callable[[User], bool]
On = Callable[[User, Case], bool]


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of a panel: a label, what it says, where it is in full. ``alarm``: somebody may be hurt."""

    label: str
    text: str
    href: str = ""
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the overview of a case.

    ``may`` says whether the person has this side of the case at all, and ``on``
    whether they have it of this case, where that differs (emergency access opens
    one case and no other). ``lines`` gives what stands there, as it was at
    ``as_at`` (``None``: now).
    """

    title: str
    may: May
    lines: Callable[[User, Case, dt.datetime | None], list[Line]]
    order: int = 50
    on: On | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the case, in one of its tabs (:mod:`lamplighter.hub.cases.case_page.tabs`).

    ``page`` is a URL name that takes the case's key; ``within`` are the URL names
    of the pages that belong to it, such as its forms. The first place of a tab is
    the one that the tab leads to. ``may`` and ``on`` as for a :class:`Panel`.
    """

    tab: str
    name: str
    page: str
    may: May
    order: int = 50
    on: On | None = None
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adding:
    """Something that can be added to a case, on ``page``. ``whole``: that is a page without a case.

    ``part`` is the anchor of the form on that page, with its "#".
    """

    text: str
    page: str
    may: May
    order: int = 50
    on: On | None = None
    part: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """Something to know on every page of a case: in short, and in a few words more."""

    tags: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


def bars(user: User, case: Case, as_at: dt.datetime | None) -> Bar:
    """Return what other contexts say in the bar of a case, to whoever may open it."""
    names = (getattr(config, "case_panels", "") for config in apps.get_app_configs())
    modules = [import_module(name) for name in names if name]
    found = [module.bar(user, case, as_at) for module in modules if hasattr(module, "bar")]
    return Bar(tuple(t for one in found for t in one.tags), tuple(f for one in found for f in one.facts))


def history_words(entries: Sequence[Entry], as_at: dt.datetime | None) -> dict[int, str]:
    """The words of lines of the history that stand for a row which can be corrected, by the entry's id.

    An application names its module in ``AppConfig.case_history``; the module holds
    ``words(entries, as_at)``.
    """
    found: dict[int, str] = {}
    for config in apps.get_app_configs() if entries else ():
        if name := getattr(config, "case_history", ""):
            found |= import_module(name).words(entries, as_at)
    return found


def panels(user: User, case: Case) -> Iterator[Panel]:
    """Return the panels of every installed context that this person may have of this case, in their order."""
    return _of("PANELS", user, case)


def places(user: User, case: Case) -> Iterator[Place]:
    """Return the pages of the case that this person may open, in their order."""
    return _of("PLACES", user, case)


def addings(user: User, case: Case) -> Iterator[Adding]:
    """Return what this person may add to the case, in its order."""
    return _of("ADDINGS", user, case)


def _of(name: str, user: User, case: Case) -> Iterator[Any]:
    found: list[Any] = []
    for config in apps.get_app_configs():
        if module := getattr(config, "case_panels", ""):
            found += getattr(import_module(module), name, ())
    # Several pages of one side ask the same of the database: it is asked once.
    asked: dict[tuple[May, On | None], bool] = {}
    for one in sorted(found, key=lambda p: p.order):
        key = (one.may, one.on)
        if key not in asked:
            asked[key] = one.may(user) and (one.on is None or one.on(user, case))
        if asked[key]:
            yield one
