"""Permission to decide on an order. What is there is for the wall to show."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.access.wall.partitions import SENIOR
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.accounts.permissions import _has, may_see_cases
from lamplighter.hub.cases.permissions import may_refer, may_work_on_cases
from lamplighter.hub.victim_side.permissions import may_contact_victim, may_open_vault, vault_open

__all__ = [
    "may_contact_victim",
    "may_decide_orders",
    "may_open_vault",
    "may_see_cases",
    "may_work_on_cases",
    "vault_open",
]
DECIDE = SENIOR | {Role.INVESTIGATOR}


def may_decide_orders(user: Any) -> bool:
    """Police and coordinators say whether an order is applied for; the chief officer of police applies."""
    return may_refer(user) and _has(user, DECIDE)
