"""Say who may look in a case at what the national index said, and who takes its answers in."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.access.wall.partitions import POLICE
from lamplighter.hub.accounts.models import Agency, Role
from lamplighter.hub.accounts.permissions import _has, may_see_cases


def may_see_elsewhere(user: Any) -> bool:
    """Tell whether this is somebody of a police force who reads its side. The wall says on which cases."""
    return (
        may_see_cases(user)
        and bool(user.agency_id)
        and user.agency.kind == Agency.Kind.POLICE
        and _has(user, POLICE.readers[0].roles)
    )


def may_send_decisions(user: Any) -> bool:
    """A coordinator of a police force, of the cases that the force works on: a decision names a force that
    knows a suspect, and nobody else reads that."""
    return may_run_index(user) and user.agency.kind == Agency.Kind.POLICE


def may_run_index(user: Any) -> bool:
    """A coordinator of the hub or of a force takes in what the national index answers, and withdraws it.

    None of an agency that works with a victim or with a suspect: the file says where suspects are known.
    """
    return _has(user, frozenset({Role.COORDINATOR})) and bool(
        user.agency_id and user.agency.kind in (Agency.Kind.HUB, Agency.Kind.POLICE)
    )
