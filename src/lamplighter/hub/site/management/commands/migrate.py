"""Django's ``migrate``, which makes the class of a model anew where it changes, and others when asked for."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from lamplighter.hub.site.background_work.collector import collector_at_rest
from lamplighter.hub.site.postgresql.drawing import only_what_changes


class Command(migrate.Command):
    """Called as Django's own: by ``lamplighter hub init``, an upgrade, a demonstration and the tests."""

    def handle(self, *args: Any, **options: Any) -> None:
        with collector_at_rest(), only_what_changes():
            super().handle(*args, **options)
