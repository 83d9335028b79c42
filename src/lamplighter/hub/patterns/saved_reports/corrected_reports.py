"""A typed report corrected, withdrawn or put back, and linkage and patterns with it: all of it or nothing."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.intake.documents import Received
from lamplighter.hub.intake.reports import services as intake
from lamplighter.hub.intake.reports.versions import HeldReport
from lamplighter.hub.patterns.services import refresh_component, reports_saved
from lamplighter.hub.people import selectors as people
from lamplighter.hub.people import services as who
from lamplighter.hub.people.matching.locks import lock


@transaction.atomic
def correct_report(
    user: User, report: HeldReport, document: dict[str, Any], *, seen: int, reason: str
) -> Received:
    """Store a correction, match the report anew, and let the patterns follow.

    Raises as ``intake.reports.services.correct``.
    """
    received = intake.correct(user, report, document, seen=seen, reason=reason)
    reports_saved([received.report_id], user, [received.key])
    return received


@transaction.atomic
def withdraw_report(user: User, report: HeldReport, *, seen: int, reason: str) -> None:
    """Take a report out of every person and pattern; it stays on record.

    Raises as ``intake.reports.services.withdraw``.
    """
    with as_service(intake.PURPOSE):
        # The order of whoever saves a report: first the lock of its source, then that of who is who.
        intake.hold(report)
        lock(who.LOCK)
        persons = {m.record_id: m.person_id for m in people.members_in([report.report_id])}
    intake.withdraw(user, report, seen=seen, reason=reason, persons=persons)
    touched = who.leave_out([report.report_id])
    if touched.persons:
        refresh_component(touched.persons)


@transaction.atomic
def put_back_report(user: User, report: HeldReport, *, reason: str) -> None:
    """Let a withdrawn report stand again, and match it as when it was saved.

    Raises as ``intake.reports.services.put_back``.
    """
    intake.put_back(user, report, reason=reason)
    reports_saved([report.report_id], user, [str(report.key)])
