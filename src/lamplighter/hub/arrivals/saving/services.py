"""Save, correct, withdraw or put back a report, and whatever follows from it: all of it or nothing."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.intake.documents.services import Received, receive_document
from lamplighter.hub.intake.reports import services as intake
from lamplighter.hub.intake.reports.selectors import HeldReport
from lamplighter.hub.patterns.services import refresh_component, reports_saved
from lamplighter.hub.people import selectors as people
from lamplighter.hub.people import services as who
from lamplighter.hub.site.postgresql.locks import lock
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.workforce import services as workforce


@transaction.atomic
def save_report(user: User, document: dict[str, Any], *, works_for: dict[str, Any] | None = None) -> Received:
    """Receive a report that was typed, mark for whom the suspect works, match it, and find its patterns.

    Whoever follows patterns tells the cases that it joins (:mod:`lamplighter.hub.arrivals.following`).

    Args:
        document: the nested report as the form makes it.
        works_for: what ``workforce.services.mark`` asks, where it was answered.

    Raises ``DocumentRefusedError`` and writes nothing where it can be no report; else as ``workforce.mark``.
    """
    if user.agency is None:
        raise NotPossibleError("A report is filed for an agency, and this account has none.")
    received = receive_document(document, user.agency, user)
    outcome = received.outcome
    subject = f"report {received.key}"
    audit.record(user, "intake.report_saved", subject, operation=Operation.COLLECTION, outcome=outcome)
    if works_for:
        # Before it is matched, and so before anybody is told.
        workforce.mark(user, report_id=received.report_id, **works_for)
    _match(user, received)
    return received


@transaction.atomic
def correct_report(
    user: User, report: HeldReport, document: dict[str, Any], *, seen: int, reason: str
) -> Received:
    """Store a correction, match the report anew, and let the patterns follow.

    Raises as ``intake.reports.services.correct``.
    """
    received = intake.correct(user, report, document, seen=seen, reason=reason)
    _match(user, received)
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


def _match(user: User, received: Received) -> None:
    """Match what was stored just now, which need not be read again, and let the patterns follow."""
    in_hand = {received.report_id: received.compared} if received.compared else {}
    reports_saved([received.report_id], user, [received.key], in_hand=in_hand)
