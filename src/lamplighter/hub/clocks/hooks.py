"""Ask whose the tasks of a case are, without this context knowing who works on it.

An application names its module in ``AppConfig.lead_workers``. The module holds
``holder(case, agency, kind, partition)``: who takes on a task of this kind for the agency, or ``None``.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import apps

from lamplighter.hub.accounts.models import Agency, User


def lead_worker(case: Any, agency: Agency, kind: str, partition: str) -> User | None:
    """Return who takes on a task of this kind for the agency; ``None`` for nobody in particular."""
    named = (getattr(config, "lead_workers", "") for config in apps.get_app_configs())
    found = (import_module(path).holder(case, agency, kind, partition) for path in named if path)
    return next((user for user in found if user), None)
