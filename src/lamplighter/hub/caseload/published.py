"""Figures that other contexts publish on the caseload page, without this one knowing them.

An application names its module in ``AppConfig.caseload_figures``. The module holds ``figures(user, since)``:
what is counted, how many of what the person may see, and the address of exactly these rows.
"""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from typing import Any

from django.apps import apps

from lamplighter.hub.accounts.models import User
from lamplighter.hub.caseload.figures import Figure


def figures(user: User, since: dt.date) -> list[dict[str, Any]]:
    """Return every published figure, in the order of the applications."""
    named = [name for config in apps.get_app_configs() if (name := getattr(config, "caseload_figures", ""))]
    return [
        {"name": text, "figure": Figure(number, href)}
        for name in named
        for text, number, href in import_module(name).figures(user, since)
    ]
