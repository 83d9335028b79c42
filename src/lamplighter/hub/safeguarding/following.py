"""Let direct work start with a check on the victim's side alone. See ``perpetrator_side.hooks``."""

from __future__ import annotations

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.safeguarding import policies, selectors, services

starts = services.starts
started = services.started
ended = services.ended


def missing(user: User, case: Case) -> str:
    """Explain why direct work cannot start yet, and what to do about it; "" where a check allows it."""
    return policies.needs_check(selectors.standing(case, user.agency_id), moment.now())
