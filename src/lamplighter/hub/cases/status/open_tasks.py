"""Open tasks of a case that is to be closed: what somebody decides on, what goes on, and what ends with it.

An application names in ``AppConfig.ended_by_closing`` the kinds of tasks (the beginning of a kind is enough)
that mean nothing once the hub's work has ended, and in ``AppConfig.outlives_closing`` those that somebody
owes to the victim, a court or a child whatever the hub does. Of everything else, and of what is owed and
overdue, whoever closes says what becomes of it.

Whoever closes reads and ends those tasks that the wall lets them read. Of any other they learn nothing, not
even that there is one: it stays on the list of its own side, whose closing check names it.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.apps import apps
from django.db import models

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.status import hooks
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.refusals import NotPossibleError

# The rules of a case's states end these: see ``services.state_changed``.
BY_RULE = "case."


class Fate(models.TextChoices):
    """Answers to the question of an open task."""

    DONE = "done", "It is done"
    GOES_ON = "goes_on", "It goes on after closing"
    NOT_NEEDED = "not_needed", "It is not needed any more"


@dataclass(frozen=True, slots=True)
class Decided:
    """Decision on one task: with its outcome, why it is not needed, or who goes on with it."""

    fate: str
    words: str = ""
    to: User | None = None


@dataclass(frozen=True, slots=True)
class OpenTasks:
    """Open tasks that somebody can see, each part in the order of its days."""

    asked: tuple[Clock, ...] = ()
    going_on: tuple[Clock, ...] = ()
    ending: tuple[Clock, ...] = ()


@functools.cache
def ended_by_closing() -> tuple[str, ...]:
    """Return the kinds, or their beginnings, that end with the hub's work on a case."""
    return _named("ended_by_closing")


@functools.cache
def outlives_closing() -> tuple[str, ...]:
    """Return the kinds, or their beginnings, that go on after it."""
    return _named("outlives_closing")


def _named(attribute: str) -> tuple[str, ...]:
    return tuple(kind for config in apps.get_app_configs() for kind in getattr(config, attribute, ()))


def of(case: Case) -> OpenTasks:
    """Return the open tasks of the case that one may see, by what closing does to them."""
    now = moment.now()
    rows = Clock.objects.filter(case=case, state=Clock.State.RUNNING).exclude(kind="overdue_notice")
    parts: dict[str, list[Clock]] = {"asked": [], "going_on": [], "ending": []}
    for clock in rows.select_related("case", "owner", "assigned_to").order_by("due_at", "pk"):
        if clock.kind.startswith(ended_by_closing()):
            parts["ending"].append(clock)
        elif clock.kind.startswith(outlives_closing()) and clock.due_at >= now:
            parts["going_on"].append(clock)
        else:
            parts["asked"].append(clock)
    return OpenTasks(**{name: tuple(found) for name, found in parts.items()})


def settle(user: User, case: Case, decided: Mapping[uuid.UUID, Decided]) -> None:
    """Do with each open task what somebody decided, as the case is closed.

    Raises ``NotPossibleError``, with the name of the field of that task, where one is not decided on.
    """
    for clock in of(case).asked:
        found = decided.get(clock.key)
        if found is None or found.fate not in Fate.values:
            raise NotPossibleError(f"Say what becomes of the task “{clock.text}”.", field(clock, "fate"))
        try:
            hooks.task_decided(user, clock, found.fate, found.words, found.to)
        except NotPossibleError as refusal:
            refusal.field = field(clock, "words")
            raise


def end_with_the_work(user: User, case: Case, why: str) -> None:
    """End what has no meaning once the hub's work has ended, on whichever side it is."""
    with as_service("run clocks"):
        running = Clock.objects.filter(case=case, state=Clock.State.RUNNING).exclude(kind__startswith=BY_RULE)
        for clock in running:
            if clock.kind.startswith(ended_by_closing()):
                clocks.end(user, clock, why=why, state=Clock.State.CANCELLED)


def field(clock: Clock, what: str) -> str:
    """Return the name of a field of the form of closing that is about one task."""
    return f"t{clock.key.hex}-{what}"
