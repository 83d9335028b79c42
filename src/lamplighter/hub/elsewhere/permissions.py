"""Say who may look in a case at what the national index said of its suspect."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.access.wall.partitions import POLICE
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.accounts.permissions import _has, may_see_cases


def may_see_elsewhere(user: Any) -> bool:
    """Investigators, stalking leads and coordinators of a police force. On which cases, the wall says."""
    return (
        may_see_cases(user)
        and bool(user.agency_id)
        and user.agency.kind == Agency.Kind.POLICE
        and _has(user, POLICE.readers[0].roles)
    )
