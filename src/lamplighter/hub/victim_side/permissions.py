"""Permissions of each part of the victim's side. What is in it is for the wall to show or not."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from lamplighter.hub.access.models import BreakGlass
from lamplighter.hub.access.wall.partitions import SENIOR, VAULT
from lamplighter.hub.accounts.models import Agency, Role

# A contact is kept on the side of whoever made it.
CONTACTS = ("advocacy", "police")
POLICE = frozenset({Role.INVESTIGATOR, Role.STALKING_LEAD})


def _has(user: Any, roles: frozenset[str], kind: str | None = None) -> bool:
    if not (getattr(user, "is_authenticated", False) and user.works and user.role in roles):
        return False
    return kind is None or bool(user.agency_id and user.agency.kind == kind)


def may_work_with_victim(user: Any) -> bool:
    """Advocates of an advocacy service write the victim's side."""
    return _has(user, frozenset({Role.ADVOCATE}), Agency.Kind.ADVOCACY)


def has_broken(user: Any, *partitions: str, case: Any = None) -> bool:
    """Tell whether emergency access to one of these partitions is open now: on this case, or on any."""
    found = BreakGlass.objects.filter(
        user=user, partition__in=partitions, ended_at=None, expires_at__gt=timezone.now()
    )
    return (found if case is None else found.filter(case=case)).exists()


def may_read_victim_side(user: Any) -> bool:
    """Advocates; and seniors while they have broken the glass of the victim's confidences on some case."""
    return may_work_with_victim(user) or (_has(user, SENIOR) and has_broken(user, "advocacy"))


def victim_side_open(user: Any, case: Any) -> bool:
    """Tell whether the victim's side of this case is open to the person."""
    return may_work_with_victim(user) or has_broken(user, "advocacy", case=case)


def may_contact_victim(user: Any) -> bool:
    """Advocates, and investigators and stalking leads of a force: those whom the vault can tell how."""
    return may_work_with_victim(user) or _has(user, POLICE, Agency.Kind.POLICE)


def partition_of(user: Any) -> str:
    """Return the partition of what this person does for the victim; "" where they do nothing of it."""
    if may_work_with_victim(user):
        return "advocacy"
    return "police" if may_contact_victim(user) else ""


def may_see_contact(user: Any) -> bool:
    """Those; and seniors while a glass is broken behind which contacts with the victim are written down."""
    return may_contact_victim(user) or (_has(user, SENIOR) and has_broken(user, *CONTACTS))


def contact_open(user: Any, case: Any) -> bool:
    """Tell whether contact with the victim of this case is open to the person."""
    return may_contact_victim(user) or has_broken(user, *CONTACTS, case=case)


def may_open_vault(user: Any) -> bool:
    """Allow those whom the vault can tell how; and those who may open it, while it is open on some case."""
    return may_contact_victim(user) or (_has(user, VAULT.break_glass) and has_broken(user, VAULT.name))


def vault_open(user: Any, case: Any) -> bool:
    """Tell whether the vault of this case is open to the person."""
    return may_contact_victim(user) or has_broken(user, VAULT.name, case=case)


def may_see_updates(user: Any) -> bool:
    """Those who tell the victim what she has a right to hear, and those who enter what there is to tell.

    Clinicians and probation officers have no part in it: they work with the person stalking. What is
    shared of it is in the history of the case, for them as for everybody.
    """
    return may_contact_victim(user) or may_enter_events(user)


def may_set_rights(user: Any) -> bool:
    """Those who enter events, and the advocates: they know best which category the victim is in."""
    return may_enter_events(user) or may_work_with_victim(user)


def may_enter_events(user: Any) -> bool:
    """Police and hub coordinators enter what happened in the investigation."""
    return _has(user, POLICE | {Role.COORDINATOR})
