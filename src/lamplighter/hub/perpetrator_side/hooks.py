"""Ask other contexts when direct work begins and ends, without this one knowing what they look at.

An application names its module in ``AppConfig.follows_programmes``. The module holds ``missing(user, case)``:
why direct work cannot start yet, "" where it can; ``starts(user, case, required, without)``: refuse it, or
say that it goes on for the reason in ``without``; ``started(user, case, enrolment, without)``: it did; and
``ended(user, case, enrolment, required)``.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

from django.apps import apps

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case


def missing(user: User, case: Case) -> str:
    """Explain why direct work cannot start yet, and what to do about it; "" where it can."""
    return " ".join(words for module in _modules() if (words := module.missing(user, case)))


def starts(user: User, case: Case, *, required: bool, without: str) -> bool:
    """Refuse direct work that cannot start; tell whether it goes on for the reason in ``without``.

    Raises ``NotPossibleError``. Then :func:`started` records it.
    """
    asked = [module.starts(user, case, required=required, without=without) for module in _modules()]
    return any(asked)


def started(user: User, case: Case, enrolment: Any, *, without: str) -> None:
    """Record that required work goes on without what is missing."""
    for module in _modules():
        module.started(user, case, enrolment, without=without)


def ended(user: User, case: Case, enrolment: Any, *, required: bool) -> None:
    """Tell that direct work has ended, not how or why."""
    for module in _modules():
        module.ended(user, case, enrolment, required=required)


def _modules() -> list[ModuleType]:
    named = (getattr(config, "follows_programmes", "") for config in apps.get_app_configs())
    return [import_module(path) for path in named if path]
