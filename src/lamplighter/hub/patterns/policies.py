"""Check what may be decided about a pattern as things stand, whoever asks."""

from __future__ import annotations

from lamplighter.hub.patterns.models import Correction, Course, Decision
from lamplighter.hub.people.policies import check_reason as check_reason
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.vocabulary.codes import code_set

CHANGED = "The pattern changed while you were deciding. Read what changed, then decide."
__all__ = ["check_correction", "check_decision"]


def check_decision(course: Course, kind: str, reason: str) -> None:
    """Somebody decides on the version they saw, and says why."""
    if kind not in Decision.Kind.values:
        raise NotPossibleError("Choose what you decide.")
    if course.superseded_at is not None:
        raise ConflictError(CHANGED)
    check_reason(reason)


def check_correction(kind: str, behaviour: str, reason: str) -> None:
    """An act is one of the list; removing or adding one needs a reason, agreeing and undoing do not."""
    if kind not in Correction.Kind.values or kind == Correction.Kind.DECLINE:
        raise NotPossibleError("Say whether the act is right, wrong or was missed.")
    if behaviour not in code_set("behaviours").codes:
        raise NotPossibleError("Choose an act from the list.")
    if kind not in (Correction.Kind.ACCEPT, Correction.Kind.UNDO):
        check_reason(reason)
