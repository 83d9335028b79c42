"""Refuse what is not possible with two cases of one pair. Who may is for ``cases.permissions``."""

from __future__ import annotations

from collections.abc import Collection

from lamplighter.hub.cases import policies
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.status.states import OVER
from lamplighter.hub.duplicates.models import Joined
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

check_reason = policies.check_reason


def in_order(one: Case, other: Case) -> tuple[Case, Case]:
    """Return the older of two cases, in which work goes on, and the younger."""
    older, younger = sorted((one, other), key=lambda case: (case.opened_at, case.pk))
    return older, younger


def check_join(older: Case, status: str, same: Collection[Case], younger: Case, standing: int) -> None:
    """``same``: the other open cases of the two people. ``standing``: how often either is joined already."""
    if older not in same and younger not in same:
        raise NotPossibleError(
            "The two cases are not known to be about the same two people. Say who is one person on the page "
            "People first."
        )
    if status in OVER:
        raise NotPossibleError(f"Case {older.reference} is the older and is not open. Reopen it first.")
    if standing:
        raise NotPossibleError("One of the two cases is joined already. Part it first.")


def check_part(joined: Joined) -> None:
    if joined.parted_at is not None:
        raise ConflictError("Somebody has parted these cases already.")
