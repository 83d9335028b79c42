"""Write down who may read a report: with it, and where somebody changes it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import asdict

from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.intake.confidentiality.selectors import PURPOSE, Choice, Readers, asked_of, newest
from lamplighter.hub.intake.models import ReaderChoice
from lamplighter.hub.site.refusals import NotPossibleError


@as_service(PURPOSE)
def record(report_id: str, agency: Agency, choice: Choice, by: User | None = None) -> ReaderChoice | None:
    """Write what the sender says of a report; ``None`` where it says what stands already."""
    standing = newest(report_id)
    told = asdict(choice) | {"agencies": list(choice.agencies)}
    if standing is not None and all(getattr(standing, name) == value for name, value in told.items()):
        return None
    return ReaderChoice.objects.create(report_id=report_id, agency=agency, by=by, at=timezone.now(), **told)


@as_service(PURPOSE)
def record_all(report_ids: Iterable[str], agency: Agency, choice: Choice, at: dt.datetime) -> None:
    """Write the same choice of many new reports, as the mapping of their file says it."""
    told = asdict(choice) | {"agencies": list(choice.agencies)}
    rows = [ReaderChoice(report_id=r, agency=agency, at=at, **told) for r in report_ids]
    ReaderChoice.objects.bulk_create(rows, batch_size=5_000)


def change(user: User, report_id: str, key: uuid.UUID, agency: str, choice: Choice) -> None:
    """Write another choice, for somebody of the agency that sent the report, and put it on the audit trail.

    Raises:
        NotPossibleError: the report is not their agency's, nothing is different, or it gives no reason.
    """
    if user.agency is None or user.agency_id != agency or not asked_of(user.agency):
        raise NotPossibleError("Only the agency that sent the report decides who reads it", "readers")
    if not choice.reason.strip():
        raise NotPossibleError("Say why you change who may read it", "reason")
    # As the service: whoever may not read reports as received still chooses for what they typed.
    with as_service(PURPOSE):
        before = newest(report_id)
    if before is None and choice.readers == Readers.OWN:
        raise NotPossibleError("Only your agency can read it already", "readers")
    if record(report_id, user.agency, choice, user) is None:
        raise NotPossibleError("Nothing is different from what stands already", "readers")
    audit.record(
        user,
        "intake.readers_changed",
        f"report {key}",
        operation=Operation.DISCLOSURE,
        before=before.readers if before else Readers.OWN,
        readers=choice.readers,
        basis=choice.basis,
    )
