"""Exhibits for papers and bundles: one place to ask, so that papers know nothing of how they are kept.

What goes into a bundle is drawn by the hub itself, page by page, from the original or the newest redacted
copy of it: nothing that somebody sent in is put there as it came, and only what a scanner has found clean.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.http import Http404

from lamplighter.hub.cases.models import Case
from lamplighter.hub.evidence import selectors as evidence

NOT_HELD = "The hub holds no exhibits of this case. Ask the police for the exhibits list."
READS = frozenset({"shared", "police"})
"""Partitions of exhibits that papers of the police are made from; other papers print none."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Something to put before a court. ``has_pages``: the hub can draw it for a bundle."""

    key: uuid.UUID
    number: str
    title: str
    held_since: dt.datetime
    digest: str
    # arrivals.CaseReport.report_key of the incidents that it supports.
    incidents: tuple[uuid.UUID, ...] = ()
    has_pages: bool = False


def of_case(case: Case, as_at: dt.datetime) -> list[Exhibit]:
    """Return the exhibits of a case that whoever asks may read, by their number."""
    return [
        Exhibit(
            key=one.exhibit.key,
            number=one.label,
            title=one.exhibit.title,
            held_since=one.exhibit.at,
            digest=one.original.sha256 if one.original else one.exhibit.sha256,
            incidents=tuple(s.of_key for s in one.supports if s.of_kind == "incident" and s.of_key),
            has_pages=evidence.drawable(one) is not None,
        )
        for one in evidence.of_case(case, as_at)
        if one.exhibit.partition in READS
    ]


def pages(case: Case, key: uuid.UUID) -> bytes:
    """Return the pages of an exhibit as a PDF of pictures. Raises ``Http404`` for one without any."""
    file = evidence.drawable(evidence.exhibit(case, key))
    if file is None:
        raise Http404
    return evidence.pages(file)
