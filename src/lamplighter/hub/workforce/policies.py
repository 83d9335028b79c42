"""Check what can be done with a marker and with the team that deals with it, and say why not."""

from __future__ import annotations

from collections.abc import Iterable

from lamplighter.hub.access.wall.partitions import CASEWORK
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.hub.workforce.models import EndProposed, Marker, Member

LEAST_REASON = 20  # characters


def check_named(named: User | None, agency_id: str | None) -> None:
    """Refuse an account of another agency than the one that is marked."""
    if named is not None and named.agency_id != agency_id:
        where = named.agency.name if named.agency else "no agency"
        raise NotPossibleError(
            f"This account belongs to {where}. Choose that agency, or leave the account empty.", "named"
        )


def check_same_mark(standing: Iterable[Marker], marker: Marker) -> None:
    """Refuse a second marker that says what one says already."""
    said = (marker.agency_id, marker.employer.casefold())
    if any((m.agency_id, m.employer.casefold()) == said for m in standing):
        raise NotPossibleError("This is recorded already.", "agency")


def check_reason(reason: str, field: str = "reason") -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise NotPossibleError(f"Give a reason of at least {LEAST_REASON} characters.", field)


def check_member(
    marker: Marker, user: User, *, lead: bool, named: Iterable[int], there: Iterable[Member]
) -> None:
    """Refuse whoever is reported, cannot work on it, is in the team, or would lead it from inside."""
    if user.pk in set(named):
        raise NotPossibleError("This is the account of the suspect.", "user")
    if not user.works or user.role not in CASEWORK:
        raise NotPossibleError("Choose somebody who does casework.", "user")
    if lead and user.agency_id == marker.agency_id:
        raise NotPossibleError("The lead must be of another agency than the suspect.", "user")
    if lead and user.role not in {Role.COORDINATOR, Role.STALKING_LEAD}:
        raise NotPossibleError("The lead must be a coordinator or a stalking lead.", "user")
    if any(m.user_id == user.pk and m.lead == lead for m in there):
        raise NotPossibleError(f"{user.display_name} is in the team already.", "user")


def check_end(open_proposal: EndProposed | None) -> None:
    if open_proposal is not None:
        raise ConflictError("Somebody has asked to end this already. A second person must check it.")
