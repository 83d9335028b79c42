"""Check what may be done with a report that is held, as it stands, whoever asks."""

from __future__ import annotations

from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

LONGEST_REASON = 2_000
# Said when a reason is missing.
WHAT_WAS_WRONG = "Enter what was wrong"
WHY_WITHDRAWN = "Enter why you withdraw the report"
WHY_BACK = "Enter why you put the report back"


class NothingChangedError(NotPossibleError):
    """A correction that would change nothing."""

    def __init__(self) -> None:
        super().__init__("You have not changed anything, so there is nothing to save.")


def check_reason(reason: str, asked: str) -> None:
    """Refuse an amendment that does not say why. ``asked``: what is said then."""
    if not reason.strip():
        raise NotPossibleError(asked)
    if len(reason) > LONGEST_REASON:
        raise NotPossibleError(f"Your answer must be {LONGEST_REASON:,} characters or less")


def check_stands(newest: int | None, seen: int) -> None:
    """Refuse what was meant for another version than the one that stands.

    Args:
        newest: the number in the database of the version that stands, ``None`` for none.
        seen: that of the version that the person was shown.
    """
    if newest is None:
        raise NotPossibleError("Somebody withdrew this report while you were typing. Put it back first.")
    if newest != seen:
        raise ConflictError(newest=newest)


def check_withdrawn(newest: int | None) -> None:
    """Refuse to put back what stands."""
    if newest is not None:
        raise NotPossibleError("This report is not withdrawn. Somebody may have put it back already.")
