"""The entries of access in a case's own navigation. They say nothing of what is in the case."""

from __future__ import annotations

from lamplighter.hub.access import permissions
from lamplighter.hub.cases.panels import Panel

PANELS = [
    Panel(
        "Ask for restricted information",
        "access:need",
        may=permissions.may_see_cases,
        lines=lambda user, case, as_at: [],
        order=90,
    ),
    Panel(
        "Blocked people",
        "access:kept_off",
        may=permissions.may_keep_off,
        lines=lambda user, case, as_at: [],
        order=95,
    ),
]
