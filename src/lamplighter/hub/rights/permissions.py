"""Permissions to handle requests for one's own data, decide how long records are kept, and erase them."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.accounts.models import Agency, Role
from lamplighter.hub.accounts.permissions import may_see_cases
from lamplighter.hub.sharing.permissions import origins

__all__ = ["home", "may_handle", "may_review", "may_see_cases"]
Kind = Agency.Kind
HOMES = {
    Kind.POLICE: "police",
    Kind.HEALTH: "health",
    Kind.PROBATION: "health",
    Kind.ADVOCACY: "advocacy",
    Kind.HUB: "shared",
    Kind.OTHER: "shared",
}


def home(user: Any) -> str:
    """The partition that holds what this person's agency decides about its records; empty: none of theirs."""
    if not getattr(user, "agency_id", None):
        return ""
    found = HOMES[Kind(user.agency.kind)]
    mine = found in origins(user) or (found == "shared" and user.role == Role.COORDINATOR)
    return found if mine else ""


def may_handle(user: Any) -> bool:
    """Anybody who does casework takes a request in for their agency, and decides about what it owns."""
    return may_see_cases(user) and user.agency_id is not None


def may_review(user: Any) -> bool:
    """People of the owning agency decide how long it keeps what it owns, and erase it."""
    return may_see_cases(user) and bool(home(user))
