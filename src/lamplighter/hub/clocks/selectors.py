"""Read what ends a task, and what the database alone can tell about one.

An application names the kinds that its pages end in ``AppConfig.ended_by_pages`` (the beginning of a kind is
enough). Every other kind ends by Done, with its outcome: so there is no task that nobody can end.
"""

from __future__ import annotations

import functools
from typing import Any

from django.apps import apps
from django.db.models.expressions import RawSQL

from lamplighter.hub.accounts.models import User
from lamplighter.hub.clocks.models import Clock


def is_kept_off(user: User, case: Any) -> bool:
    """Tell whether somebody is blocked from the case. Asked by those who work on it, or by a service."""
    return User.objects.filter(pk=user.pk, pk__in=kept_off(case)).exists()


def kept_off(case: Any) -> RawSQL:
    """Return the ids of those who are blocked from the case, for a query."""
    return RawSQL("SELECT clocks_kept_off(%s)", [case.pk])


@functools.cache
def by_pages() -> tuple[str, ...]:
    """Return the kinds, or their beginnings, that end on a page of their own."""
    return tuple(kind for config in apps.get_app_configs() for kind in getattr(config, "ended_by_pages", ()))


def ends_on_a_page(clock: Clock) -> bool:
    """Tell whether recording what it asks for, on its page, ends this task; else it is ended by Done."""
    return clock.kind.startswith(by_pages())
