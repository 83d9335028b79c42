"""What is possible with a clock in its present state."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.clocks.models import Clock

LEAST_REASON = 10  # characters


class NotPossibleError(ValueError):
    """What was asked cannot be done now; the text says why, in words for the person who asked."""


def check_running(clock: Clock) -> None:
    if clock.state != Clock.State.RUNNING:
        raise NotPossibleError(f"Somebody has ended this already: {clock.get_state_display().lower()}.")


def check_reason(reason: str) -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise NotPossibleError(f"Say why in at least {LEAST_REASON} characters.")


def check_assignee(clock: Clock, to: Any) -> None:
    if not to.is_active or to.agency_id != clock.owner_id:
        raise NotPossibleError("Choose somebody who works for the agency that this belongs to.")


def check_in_place(clock: Clock) -> None:
    if clock.page:
        raise NotPossibleError("Record what was done on the page of the case; that ends this too.")
