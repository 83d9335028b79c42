"""Name the partitions of a case that a person writes, and the readers of each, in words for a form.

Made from the written rules of ``partitions.py``, the same that the database holds to.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from lamplighter.hub.access.roles import Role
from lamplighter.hub.access.wall.partitions import CASE_PARTITIONS
from lamplighter.reporting.words import listed

if TYPE_CHECKING:
    from lamplighter.hub.accounts.models import Agency, User

ROLES = {
    Role.COORDINATOR: "coordinators",
    Role.INVESTIGATOR: "investigators",
    Role.STALKING_LEAD: "stalking leads",
    Role.PROBATION: "probation officers",
    Role.CLINICIAN: "clinicians",
    Role.ADVOCATE: "advocates",
}


def of(user: Any) -> list[str]:
    """Return the partitions that this person writes on a case, own side first; without the vault."""
    kind = user.agency.kind if getattr(user, "agency_id", None) else None
    found = [
        p.name
        for p in CASE_PARTITIONS.values()
        if not (p.reason_needed or p.of_services)
        and any(user.role in r.roles and r.kind in (None, kind) for r in p.readers)
    ]
    return sorted(found, key=lambda name: name == "shared")


def reads(user: User, partition: str, owner: str) -> bool:
    """Tell whether this person may read rows of ``owner`` in ``partition`` on a case of their agency."""
    kind = user.agency.kind if user.agency else None
    return any(
        user.role in r.roles and r.kind in (None, kind) and (not r.own_rows_only or user.agency_id == owner)
        for r in CASE_PARTITIONS[partition].readers
    )


def readers(partition: str, owner: Agency | None, on_case: Collection[Agency]) -> str:
    """Return who reads what ``owner`` writes in ``partition``: "advocates of Helpline", in words for a form.

    ``on_case`` are the agencies that work on the case.
    """
    if partition == "shared":
        names = listed([a.name for a in on_case], "and")
        return f"everybody on the case ({names}) and the hub’s coordinators"
    rows = CASE_PARTITIONS[partition].readers
    parts = []
    for agency in {a.code: a for a in [*on_case, *([owner] if owner else [])]}.values():
        roles = {
            role
            for r in rows
            if r.kind in (None, agency.kind) and (not r.own_rows_only or (owner and owner.pk == agency.pk))
            for role in r.roles
        }
        if roles:
            told = listed([words for role, words in ROLES.items() if role in roles], "and")
            parts.append(f"{told} of {agency.name}")
    return listed(parts, "and")
