"""Permissions to ask for emergency access, to review it, and to block somebody from a case."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.access.wall.partitions import AREAS, SENIOR
from lamplighter.hub.accounts.permissions import _has, may_review_glass, may_see_cases

__all__ = ["may_break_glass", "may_keep_off", "may_review_glass", "may_see_cases"]


def may_break_glass(user: Any, partition: str = "") -> bool:
    """Roles that the rule of this partition, or of any, lets open it for a while."""
    chosen = [AREAS[partition]] if partition else list(AREAS.values())
    return may_see_cases(user) and any(user.role in p.break_glass for p in chosen)


def may_keep_off(user: Any) -> bool:
    """Coordinators and stalking leads keep people off a case."""
    return _has(user, SENIOR)
