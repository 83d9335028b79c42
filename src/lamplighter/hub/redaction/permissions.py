"""Permissions to redact words, restore them and ask for it. The database asks the same of every row."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.access.wall.partitions import CASE_PARTITIONS, VAULT
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.permissions import may_see_cases, may_work_on_cases

__all__ = ["may_see_cases", "may_work_on_cases", "owns", "reads_vault"]


def owns(user: User, row: Any, side: str) -> bool:
    """Tell whether ``row`` is this person's or their agency's, on a side of the case that they write."""
    # A warning is written by a service for the agency that it warns: who reads it there may redact it.
    written = side in form_readers.of(user) or (
        CASE_PARTITIONS[side].of_services and form_readers.reads(user, side, "")
    )
    return written and (row.owner_id == user.agency_id or row.by_id == user.pk)


def reads_vault(user: User) -> bool:
    """Tell whether this person reads the vault of the cases that their agency works on."""
    return form_readers.reads(user, VAULT.name, "")
