"""Say who sees what a case needs before it is dropped, who proposes, signs and overrides."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.access.wall.partitions import SENIOR
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.accounts.permissions import _has, may_see_cases

SIDE = frozenset({Role.COORDINATOR, Role.INVESTIGATOR, Role.STALKING_LEAD, Role.ADVOCATE})
PROPOSING = frozenset({Role.COORDINATOR, Role.INVESTIGATOR, Role.STALKING_LEAD})


def may_see_closing(user: Any) -> bool:
    """Coordinators, police and advocates see it; nobody who works with the suspect."""
    return may_see_cases(user) and user.agency_id is not None and _has(user, SIDE)


def may_propose(user: Any) -> bool:
    """Coordinators and police record what was considered, and propose an outcome."""
    return may_see_closing(user) and _has(user, PROPOSING)


def may_sign(user: Any) -> bool:
    """Stalking leads sign as such; coordinators, and a second lead, as the supervisor."""
    return may_see_closing(user) and _has(user, SENIOR)


def may_override(user: Any) -> bool:
    """Name the seniors who may let a case be dropped although something is missing."""
    return may_sign(user)


def may_decide_identity(user: Any) -> bool:
    """Coordinators and police decide whether a victim is told who an anonymous stalker is."""
    return may_propose(user)
