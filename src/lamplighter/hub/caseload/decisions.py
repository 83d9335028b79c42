"""Ask which cases have no recorded decision on an order in time, from the context that holds decisions.

An application names its module in ``AppConfig.case_decisions``. The module holds ``undecided(cases, now)``:
those of some cases (by id) of which a decision is missing whose time is over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from importlib import import_module

from django.apps import apps


def undecided(cases: Collection[int], now: dt.datetime) -> set[int] | None:
    """Return the cases without a decision whose time is over; ``None`` where no context holds decisions."""
    named = [name for config in apps.get_app_configs() if (name := getattr(config, "case_decisions", ""))]
    if not named:
        return None
    return {case for name in named for case in import_module(name).undecided(cases, now)}
