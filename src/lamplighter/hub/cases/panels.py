"""What other contexts put on the page of a case, without this one knowing them.

An application names its module of panels in ``AppConfig.case_panels``; the
module holds ``PANELS``. Each panel is asked within the request's transaction,
so it sees what the person may see: where there is nothing, it is left out, and
nothing on the page says that it could have been there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module

from django.apps import apps

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case, Entry


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of a panel: a label, what it says, where it is in full. ``alarm``: somebody may be hurt."""

    label: str
    text: str
    href: str = ""
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the case page and, where ``page`` is given, an entry of the case's own navigation.

    ``page`` is a URL name that takes the case's key; the navigation calls it
    ``name``, where the page holds more than the panel, and else ``title``. ``may`` says whether the
    person has this side of the case at all, and ``on`` whether they have it of
    this case, where that differs (a broken glass opens one case and no other).
    ``lines`` gives what stands there, as it was at ``as_at`` (``None``: now).
    """

    title: str
    page: str
    may: Callable[[User], bool]
    lines: Callable[[User, Case, dt.datetime | None], list[Line]]
    order: int = 50
    name: str = ""
    on: Callable[[User, Case], bool] | None = None


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
    """The panels of every installed context that this person may have of this case, in their order."""
    found: list[Panel] = []
    for config in apps.get_app_configs():
        if name := getattr(config, "case_panels", ""):
            found += import_module(name).PANELS
    for panel in sorted(found, key=lambda p: p.order):
        if panel.may(user) and (panel.on is None or panel.on(user, case)):
            yield panel
