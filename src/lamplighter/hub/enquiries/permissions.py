"""Say who has lines of enquiry before them: nobody who works with the suspect. Which lines, the wall says."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.accounts.permissions import _has, may_see_cases

SIDE = frozenset({Role.COORDINATOR, Role.INVESTIGATOR, Role.STALKING_LEAD, Role.ADVOCATE})


def may_see_enquiries(user: Any) -> bool:
    """Coordinators, police and advocates read lines of enquiry and record what came of them."""
    return may_see_cases(user) and user.agency_id is not None and _has(user, SIDE)
