"""Permissions of papers: who makes which kind. What is on one is for the wall to show or not."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.accounts.permissions import may_see_cases
from lamplighter.hub.papers.kinds import KINDS, OWN_SIDE, Kind

__all__ = ["makes", "may_make", "may_make_papers", "may_see_cases", "partition_of"]


def may_make_papers(user: Any) -> bool:
    """Allow those who do casework: each makes one kind of paper at least."""
    return may_see_cases(user) and user.agency_id is not None


def may_make(user: Any, kind: Kind) -> bool:
    """Tell whether this person makes papers of a kind, and can keep them where they belong."""
    return may_make_papers(user) and user.role in kind.makers and partition_of(user, kind) is not None


def makes(user: Any) -> list[tuple[str, Kind]]:
    """Return the kinds that this person makes, in their order."""
    return sorted(((c, k) for c, k in KINDS.items() if may_make(user, k)), key=lambda ck: ck[1].order)


def partition_of(user: Any, kind: Kind) -> str | None:
    """Return where a paper of this person is kept; ``None`` where they do not write there."""
    written = form_readers.of(user)
    if kind.keeps == OWN_SIDE:
        return written[0] if written else None
    return kind.keeps if kind.keeps in written else None
