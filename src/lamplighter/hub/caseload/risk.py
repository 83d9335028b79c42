"""The level of risk of cases, from the context that holds it, without this one knowing it.

An application names its module in ``AppConfig.case_levels``. The module holds ``levels(cases)``: for those of
some cases (by id) that were assessed, as far as the person may see it, an :class:`Assessed` by the case's id.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import import_module

from django.apps import apps


@dataclass(frozen=True, slots=True)
class Assessed:
    """Level that stands now, by its code and in words, and when the case was first assessed."""

    level: str
    title: str
    first_at: dt.datetime


def levels(cases: Collection[int]) -> Mapping[int, Assessed] | None:
    """Return what stands of these cases; ``None`` where no context of this hub holds levels."""
    named = [name for config in apps.get_app_configs() if (name := getattr(config, "case_levels", ""))]
    if not named:
        return None
    found: dict[int, Assessed] = {}
    for name in named:
        found |= import_module(name).levels(cases)
    return found
