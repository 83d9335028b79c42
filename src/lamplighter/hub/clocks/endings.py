"""End a task: on the page that records the thing it asks for, or by Done with its outcome.

An application names the kinds that its pages end in ``AppConfig.ended_by_pages``
(the beginning of a kind is enough). Every other kind ends by Done: so there is
no task that nobody can end.
"""

from __future__ import annotations

import functools

from django.apps import apps

from lamplighter.hub.clocks.models import Clock

BY_HAND = "task"
"""The kind of a task that one person gave another."""


@functools.cache
def by_pages() -> tuple[str, ...]:
    """Return the kinds, or their beginnings, that end on a page of their own."""
    return tuple(kind for config in apps.get_app_configs() for kind in getattr(config, "ended_by_pages", ()))


def ends_on_a_page(clock: Clock) -> bool:
    """Tell whether recording what it asks for, on its page, ends this task; else it is ended by Done."""
    return clock.kind.startswith(by_pages())
