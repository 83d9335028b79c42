"""Check what is possible with a clock in its present state."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.cases.permissions import may_decide_cases
from lamplighter.hub.clocks import selectors as clock_selectors
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

LEAST_REASON = 10  # characters


def check_running(clock: Clock) -> None:
    if clock.state != Clock.State.RUNNING:
        raise ConflictError(f"Somebody has ended this already: {clock.get_state_display().lower()}.")


def check_reason(reason: str) -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise NotPossibleError(f"Say why in at least {LEAST_REASON} characters.")


def check_outcome(words: str) -> None:
    if not words.strip():
        raise NotPossibleError("Enter the outcome.")


def check_assignee(user: Any, clock: Clock, to: Any, could: Any) -> None:
    if to.pk != user.pk and not may_end(user, clock):
        raise NotPossibleError(f"This task belongs to {clock.owner.name}.")
    if not could.filter(pk=to.pk).exists():
        raise NotPossibleError("Choose somebody who can open this task.")


def may_end(user: Any, clock: Clock) -> bool:
    """The agency that it belongs to, the person who has it, and whoever decides on cases."""
    return clock.owner_id == user.agency_id or clock.assigned_to_id == user.pk or may_decide_cases(user)


def check_cancel(user: Any, clock: Clock) -> None:
    if not may_end(user, clock):
        raise NotPossibleError(f"This task belongs to {clock.owner.name}.")


def check_done(user: Any, clock: Clock) -> None:
    if clock_selectors.ends_on_a_page(clock):
        raise NotPossibleError("Record it on its page: that ends the task too.")
    if not may_end(user, clock):
        raise NotPossibleError(f"This task belongs to {clock.owner.name}.")
