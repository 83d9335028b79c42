"""Who may do what with cases. What is in a case is for the wall to show or not."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.access.partitions import CASEWORK


def may_see_cases(user: Any) -> bool:
    """Anybody who does casework may have cases; which, the wall says."""
    return bool(getattr(user, "is_authenticated", False) and user.is_active and user.role in CASEWORK)
