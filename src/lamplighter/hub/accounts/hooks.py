"""Let other contexts act when somebody leaves or moves, without this one knowing them.

An application names its module in ``AppConfig.follows_staff``. The module holds ``let_go(user)``: hand back
what this person had, and return how many things it was.
"""

from __future__ import annotations

from importlib import import_module

from django.apps import apps

from lamplighter.hub.accounts.models import User


def let_go(user: User) -> int:
    """Hand back what this person had; return how many things it was."""
    named = (getattr(config, "follows_staff", "") for config in apps.get_app_configs())
    return sum(import_module(path).let_go(user) for path in named if path)
