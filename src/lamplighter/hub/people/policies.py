"""Check what may be decided about records, whoever asks."""

from __future__ import annotations

from collections.abc import Sequence

from lamplighter.hub.people.models import Decision, Membership
from lamplighter.hub.site.refusals import NotPossibleError

LONGEST_REASON = 2_000
SHARE_LINKED_ANEW = 0.1
"""Once so much of what is held has come since the model was fitted, everything is linked anew: the model
knows too little of it, and links made one by one have no second look at what came before."""


def is_due(came: int, held: int) -> bool:
    """Tell whether everything is to be linked anew, where ``came`` of the reports ``held`` are later than the
    model."""
    return came > SHARE_LINKED_ANEW * held


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise NotPossibleError("Enter your reason.")
    if len(reason) > LONGEST_REASON:
        raise NotPossibleError(f"Keep the reason under {LONGEST_REASON} characters.")


def check_decision(kind: str, pairs: Sequence[tuple[str, str]], reason: str) -> None:
    """A decision is about two records that are held and differ, and says why."""
    if kind not in {Decision.Kind.SAME, Decision.Kind.NOT_SAME}:
        raise NotPossibleError("A decision says that two records are the same person, or that they are not.")
    if not pairs or any(left == right for left, right in pairs):
        raise NotPossibleError("There are no two records to decide about. They may have been parted already.")
    check_reason(reason)
    wanted = {r for pair in pairs for r in pair}
    held = (
        Membership.objects.filter(record_id__in=wanted, current=True).values("record_id").distinct().count()
    )
    if held != len(wanted):
        raise NotPossibleError("One of the records is no longer held. Look at the page again.")


def check_undo(decisions: Sequence[Decision], reason: str) -> None:
    """Check that a decision can be taken back: once; taking back can itself be taken back."""
    if not decisions:
        raise NotPossibleError("There is no such decision.")
    if any(hasattr(d, "undone_by") for d in decisions):
        raise NotPossibleError("This decision has been undone already.")
    check_reason(reason)
