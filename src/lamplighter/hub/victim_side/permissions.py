"""Who may have which part of the victim's side. What is in it is for the wall to show or not."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.access.models import BreakGlass
from lamplighter.hub.access.partitions import CASEWORK, SENIOR
from lamplighter.hub.accounts.models import Agency, Role

POLICE = frozenset({Role.INVESTIGATOR, Role.STALKING_LEAD})


def _has(user: Any, roles: frozenset[str], kind: str | None = None) -> bool:
    if not (getattr(user, "is_authenticated", False) and user.is_active and user.role in roles):
        return False
    return kind is None or bool(user.agency_id and user.agency.kind == kind)


def may_work_with_victim(user: Any) -> bool:
    """Advocates of an advocacy service write the victim's side."""
    return _has(user, frozenset({Role.ADVOCATE}), Agency.Kind.ADVOCACY)


def may_read_victim_side(user: Any) -> bool:
    """Advocates; and seniors who have broken the glass of the victim's confidences somewhere just now."""
    if may_work_with_victim(user):
        return True
    return _has(user, SENIOR) and BreakGlass.objects.filter(user=user, partition="advocacy").exists()


def may_contact_victim(user: Any) -> bool:
    """Advocates, and investigators and stalking leads of a force: those whom the vault can tell how."""
    return may_work_with_victim(user) or _has(user, POLICE, Agency.Kind.POLICE)


def may_see_updates(user: Any) -> bool:
    """Everybody who does casework sees which updates are due under the Victims' Code."""
    return _has(user, CASEWORK)


def may_enter_events(user: Any) -> bool:
    """Police and hub coordinators enter what happened in the investigation."""
    return _has(user, POLICE | {Role.COORDINATOR})
