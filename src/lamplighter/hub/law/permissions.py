"""Everybody reads which law this hub has; who signs and who checks is named in the file of the hub."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from lamplighter.hub.access.wall.partitions import CASEWORK
from lamplighter.hub.law import rules


def may_see_law(user: Any) -> bool:
    """Anybody who works with the hub reads what is in force, and who read it."""
    return bool(getattr(user, "is_authenticated", False) and user.works)


def _named(user: Any, key: str) -> bool:
    roles = rules.signing(timezone.localdate()).extra[key]
    return may_see_law(user) and user.role in CASEWORK and user.role in roles


def may_sign(user: Any) -> bool:
    """Those whom the hub names read an instrument and sign, and switch off."""
    return _named(user, "sign")


def may_check(user: Any) -> bool:
    """Those whom the hub names check what another person signed."""
    return _named(user, "check")
