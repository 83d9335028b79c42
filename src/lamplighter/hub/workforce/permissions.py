"""Permissions to mark, to see what is marked, and to answer for it. The database decides which markers."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.access.wall.partitions import CASEWORK, SENIOR
from lamplighter.hub.accounts.permissions import _has, may_see_patterns, may_see_staff_reported

__all__ = ["may_lead", "may_mark", "may_see_marker", "may_see_patterns", "may_see_staff_reported"]


def may_mark(user: Any) -> bool:
    """Anybody who does casework may say that the suspect works for an agency."""
    return _has(user, CASEWORK) and user.agency_id is not None


def may_see_marker(user: Any) -> bool:
    """Anybody who does casework may have markers to see."""
    return _has(user, CASEWORK)


def may_lead(user: Any) -> bool:
    """Coordinators and stalking leads name a team outside the agency, lead it, and check an end."""
    return _has(user, SENIOR)
