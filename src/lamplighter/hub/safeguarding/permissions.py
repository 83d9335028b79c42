"""Permissions to ask for a check, sign it, warn and be warned. What is there is for the wall to show."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.access.wall.partitions import WARNING
from lamplighter.hub.accounts.permissions import may_see_cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.perpetrator_side.permissions import may_look_here, may_work_here
from lamplighter.hub.safeguarding import selectors
from lamplighter.hub.victim_side.permissions import (
    may_read_victim_side,
    may_work_with_victim,
    victim_side_open,
)

__all__ = [
    "may_look_here",
    "may_read_victim_side",
    "may_read_warnings",
    "may_work_here",
    "may_work_with_victim",
    "victim_side_open",
    "warned",
]


def may_read_warnings(user: Any) -> bool:
    """Those whom a warning is for."""
    return may_see_cases(user) and form_readers.reads(user, WARNING.name, "")


def warned(user: Any, case: Case) -> bool:
    """Tell whether there is a warning on the case that this person reads."""
    return selectors.warned(case)
