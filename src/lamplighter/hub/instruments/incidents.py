"""Find what an answer can cite: reports that the case shows, and lines of its history.

Neither is ever changed: a report that says something else later is another row. So a key is a version.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from lamplighter.hub.access import moment
from lamplighter.hub.arrivals import presenters as reports
from lamplighter.hub.arrivals import selectors as arrivals
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.design.environment import long_date
from lamplighter.hub.instruments.models import SheetAnswer

MOST = 60
LONGEST = 120  # characters of one, in a list
# Lines of the history that the hub wrote of its own work, and those of reports, which stand for themselves.
OWN_WORK = ("instrument.", "intervention.", "status", "agency", "referral", "report", "lead", "triage")


@dataclass(frozen=True, slots=True)
class Incident:
    key: str
    text: str


def of_case(case: Case, side: str) -> list[Incident]:
    """Return what an answer in a partition can cite, the newest of each sort first.

    Of the history what stands in the same partition, and what everybody on the case reads: nobody learns
    from an answer that there is something they may not see.
    """
    now = moment.now()
    rows = Entry.objects.filter(case=case, partition__in={side, "shared"}, at__lte=now)
    for kind in OWN_WORK:
        rows = rows.exclude(kind__startswith=kind)
    told = [Incident(str(row.key), _report(row)) for row in arrivals.reports(case, moment.told())]
    lines = [Incident(str(row.key), _entry(row)) for row in rows.order_by("-happened_at", "-pk")[:MOST]]
    return [*told[:MOST], *lines]


def cited(case: Case, rows: Iterable[SheetAnswer]) -> dict[str, str]:
    """Return what answers cite, in words by key: as far as one may see it."""
    keys = {key for row in rows if isinstance(row.cites, list) for key in map(_key, row.cites) if key}
    found = {str(row.key): _report(row) for row in CaseReport.objects.filter(case=case, key__in=keys)}
    return found | {str(row.key): _entry(row) for row in Entry.objects.filter(case=case, key__in=keys)}


def _key(given: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(given))
    except ValueError:
        return None


def _report(row: CaseReport) -> str:
    told = reports.joined(row).removeprefix("New report: ")
    return _short(f"Report {told}. {reports.detail(row)}")


def _entry(row: Entry) -> str:
    return _short(f"{long_date(row.happened_at)}: {row.title or row.body}")


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return f"{plain[:LONGEST]}…" if len(plain) > LONGEST else plain
