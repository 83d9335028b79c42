"""Permissions to share between agencies. What there is to release is for the wall to show or not."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.access.wall.partitions import CASE_PARTITIONS
from lamplighter.hub.accounts.permissions import may_see_cases

__all__ = ["may_release", "may_see_cases", "origins"]


def origins(user: Any) -> list[str]:
    """The partitions behind the wall that this person writes, and so can release from."""
    kind = user.agency.kind if getattr(user, "agency_id", None) else None
    return [
        p.name
        for p in CASE_PARTITIONS.values()
        if not (p.name == "shared" or p.of_services)
        and any(user.role in r.roles and r.kind in (None, kind) for r in p.readers)
    ]


def sides(user: Any) -> list[str]:
    """The partitions of which this person reads whatever others of that side wrote."""
    kind = user.agency.kind if getattr(user, "agency_id", None) else None
    return [
        p.name
        for p in CASE_PARTITIONS.values()
        if any(user.role in r.roles and r.kind in (None, kind) and not r.own_rows_only for r in p.readers)
        and not (p.name == "shared" or p.of_services)
    ]


def may_release(user: Any) -> bool:
    """Allow those who have a side of the wall of their own."""
    return may_see_cases(user) and bool(origins(user))
