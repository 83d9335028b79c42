"""Permissions of this side. What is there to see is for the wall to show or not."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.access.wall.partitions import HEALTH
from lamplighter.hub.accounts.models import Role

SIDES = {Role.CLINICIAN: "health", Role.PROBATION: "probation"}


def may_work_here(user: Any) -> bool:
    """Clinicians of a health service and officers of a probation service: they read and write this side."""
    if not (getattr(user, "is_authenticated", False) and user.works and user.agency_id):
        return False
    return user.role in SIDES and user.agency.kind == SIDES[user.role]


def sees_own_rows_only(user: Any) -> bool:
    """Tell whether this person reads only their agency's rows on this side, by the partition's rule."""
    kind = user.agency.kind if user.agency else None
    ways = [r for r in HEALTH.readers if user.role in r.roles and r.kind in (None, kind)]
    return bool(ways) and all(r.own_rows_only for r in ways)


def may_look_here(user: Any) -> bool:
    """Those, and whoever may break the glass of this side: the view then asks whether they have."""
    if may_work_here(user):
        return True
    active = getattr(user, "is_authenticated", False) and user.works
    return bool(active and user.role in HEALTH.break_glass)
