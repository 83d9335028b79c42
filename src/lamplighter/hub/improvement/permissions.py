"""Permissions to see what the hub undertook to do better, and to write it."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.access.wall.partitions import SENIOR
from lamplighter.hub.accounts.permissions import _has, may_see_improvement

__all__ = ["may_see_improvement", "may_write_improvement"]


def may_write_improvement(user: Any) -> bool:
    """Coordinators and stalking leads write; auditors read what they wrote."""
    return _has(user, SENIOR)
