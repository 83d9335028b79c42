"""Exhibits for papers and bundles: one place to ask, so that papers know nothing of how they are kept.

The hub holds no exhibits of its own yet. Files, pictures and their custody are of ``hub/evidence``, which
supplies them here and nowhere else, each as a PDF that the hub has made itself: nothing that somebody sent in
is put into a bundle as it came.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from lamplighter.hub.cases.models import Case

NOT_HELD = "The hub holds no exhibits of this case. Ask the police for the exhibits list."


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Something to put before a court. ``pdf``: its pages; ``picture``: they hold no text to search."""

    key: uuid.UUID
    number: str
    title: str
    held_since: dt.datetime
    digest: str
    # arrivals.CaseReport.report_key of the incidents that it supports.
    incidents: tuple[uuid.UUID, ...] = ()
    pdf: bytes = b""
    picture: bool = False


def of_case(case: Case, as_at: dt.datetime) -> list[Exhibit]:
    """Return the exhibits of a case that whoever asks may read, by their number."""
    return []
