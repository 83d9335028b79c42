"""Exhibits beside incidents: which show which, for the pages of either."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence

from django.http import Http404
from django.urls import reverse

from lamplighter.hub.arrivals import presenters as arrivals_presenters
from lamplighter.hub.arrivals import selectors as arrivals
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.cases.models import Case
from lamplighter.hub.evidence import selectors
from lamplighter.hub.evidence.models import Support
from lamplighter.hub.evidence.selectors import Known
from lamplighter.hub.evidence.services import INCIDENT
from lamplighter.hub.patterns.hooks import Named

Choices = list[tuple[str, str]]


def one(case: Case, key: uuid.UUID) -> CaseReport:
    """Return an incident of the case, or "not found"."""
    found = [row for row in arrivals.reports(case) if row.report_key == key]
    if not found:
        raise Http404
    return found[0]


def said(row: CaseReport) -> str:
    """Return an incident in a line."""
    return arrivals_presenters.in_a_line(row)


def choices(case: Case) -> Choices:
    """Return the incidents of the case to choose from, the latest first."""
    return [(str(row.report_key), said(row)) for row in arrivals.reports(case)]


def exhibit_choices(found: Sequence[Known]) -> Choices:
    """Return exhibits to choose from, in the order of their numbers."""
    return [(str(k.exhibit.key), f"{k.label}: {k.exhibit.title}") for k in found]


def shown_by(known: Known) -> list[uuid.UUID]:
    """Return the incidents that an exhibit shows."""
    return [s.of_key for s in known.supports if s.of_kind == INCIDENT and s.of_key]


def lines(case: Case, known: Known) -> list[dict[str, str]]:
    """Return the incidents that an exhibit shows, each in a line, with its page."""
    there = {row.report_key: row for row in arrivals.reports(case)} if shown_by(known) else {}
    return [
        {"text": said(there[key]), "href": reverse("evidence:incident", args=[case.key, key])}
        if key in there
        else {"text": "An incident that is no longer on this case", "href": ""}
        for key in shown_by(known)
    ]


def beside(
    keys: Collection[uuid.UUID], as_at: dt.datetime | None = None
) -> Mapping[uuid.UUID, Sequence[Named]]:
    """Return the exhibits that show each of these reports, as far as whoever asks may read them."""
    rows = Support.objects.filter(of_kind=INCIDENT, of_key__in=list(keys))
    if as_at:
        rows = rows.filter(at__lte=as_at)
    found: dict[uuid.UUID, list[Named]] = {}
    for row in selectors.standing(rows.select_related("exhibit", "case").order_by("pk")):
        if row.of_key:
            href = reverse("evidence:exhibit", args=[row.case.key, row.exhibit.key])
            found.setdefault(row.of_key, []).append(Named(f"Exhibit {row.exhibit.label}", href))
    return found
