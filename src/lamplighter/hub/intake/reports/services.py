"""A typed report corrected, withdrawn and put back. No version is ever rewritten.

A correction is the next version, through the same door as a new report. A withdrawn report has no version
that stands: what was its newest is superseded, and an :class:`Amendment` says by whom and why. So everything
that reads what stands leaves it out, and whoever asks as at an earlier day is shown it. Put back, it is one
more version that says the same.

Linkage and patterns know nothing of it by themselves: ``arrivals.saving.services`` does both
in one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg import sql

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.intake.documents import services as documents
from lamplighter.hub.intake.models import (
    TABLES,
    Amendment,
    Batch,
    Delivery,
    PersonRecord,
    ReportVersion,
    SafeContact,
)
from lamplighter.hub.intake.reports import policies
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.intake.reports.selectors import HeldReport
from lamplighter.hub.intake.services import State
from lamplighter.hub.intake.storage.batch_writer import CHILDREN
from lamplighter.records import schema

PURPOSE = versions.PURPOSE
Kind = Amendment.Kind


@as_service(PURPOSE)
def correct(
    user: User, report: HeldReport, document: dict[str, Any], *, seen: int, reason: str
) -> documents.Received:
    """Store the next version of a typed report, with the reason, and write it down.

    How to reach the victim safely stays as the version before has it, unread, unless ``document`` says
    something new.

    Args:
        document: the nested report as the form makes it.
        seen: the number in the database of the version that was corrected.

    Raises:
        ConflictError: another version stands now.
        policies.NothingChangedError: the new version would say the same.
        NotPossibleError: without a reason, or of a report that has been withdrawn.
        documents.DocumentRefusedError: it can be no report.
    """
    policies.check_reason(reason, policies.WHAT_WAS_WRONG)
    hold(report)
    policies.check_stands(versions.standing_version(report.key), seen)
    whole = _with_safe_contact(document, seen) | {"source_ref": report.reference}
    received = documents.receive_document(whole, Agency.objects.get(pk=report.agency), user)
    if received.outcome == "unchanged":
        raise policies.NothingChangedError
    _note(user, versions.standing_version(report.key) or 0, Kind.CORRECTED, reason, timezone.now())
    _write_down(user, report, "intake.report_corrected")
    return received


@as_service(PURPOSE)
def withdraw(user: User, report: HeldReport, *, seen: int, reason: str, persons: Mapping[str, str]) -> None:
    """Let no version of a typed report stand any more, with the reason.

    Args:
        persons: who its people are held to be, by record.

    Raises:
        ConflictError: another version stands than the one that was ``seen``.
        NotPossibleError: without a reason, or of a report that is withdrawn already.
    """
    policies.check_reason(reason, policies.WHY_WITHDRAWN)
    hold(report)
    policies.check_stands(versions.standing_version(report.key), seen)
    now = timezone.now()
    ReportVersion.objects.filter(pk=seen).update(superseded_at=now)
    _note(user, seen, Kind.WITHDRAWN, reason, now, persons)
    _write_down(user, report, "intake.report_withdrawn")


@as_service(PURPOSE)
def put_back(user: User, report: HeldReport, *, reason: str) -> None:
    """Let a withdrawn report stand again: one more version, which says what the last one said.

    Raises ``NotPossibleError`` without a reason, or where it stands.
    """
    policies.check_reason(reason, policies.WHY_BACK)
    hold(report)
    policies.check_withdrawn(versions.standing_version(report.key))
    last = ReportVersion.objects.filter(key=report.key).latest("version")
    now = timezone.now()
    _note(user, _copied(last, _brought_back(user, last, now), now), Kind.PUT_BACK, reason, now)
    _write_down(user, report, "intake.report_put_back")


def hold(report: HeldReport) -> None:
    """Wait until nobody else writes for this report's source; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(72018, hashtext(%s))", [report.source])


def _with_safe_contact(document: dict[str, Any], seen: int) -> dict[str, Any]:
    """Add what the version before records about reaching the victim, where the document says nothing new."""
    people = [dict(p) for p in document["people"]]
    victim = next((p for p in people if p["role"] == "victim"), None)
    if victim is None or victim.get("safe_contact"):
        return document
    held = SafeContact.objects.filter(version_id=seen).values_list("details", flat=True).first()
    if held:
        # As it was stored, character by character: it is read by nobody here, and its tokens stay the same.
        victim["safe_contact"] = held
    return document | {"people": people}


def _note(
    user: User,
    version: int,
    kind: str,
    reason: str,
    at: dt.datetime,
    persons: Mapping[str, str] | None = None,
) -> None:
    Amendment.objects.create(
        version_id=version, kind=kind, reason=reason.strip(), by=user, at=at, persons=dict(persons or {})
    )


def _write_down(user: User, report: HeldReport, verb: str) -> None:
    operation = Operation.COLLECTION if verb.endswith("corrected") else Operation.ALTERATION
    audit.record(user, verb, f"report {report.key}", operation=operation)


def _brought_back(user: User, last: ReportVersion, at: dt.datetime) -> Batch:
    """The delivery of a version that nobody sent: every version has one, which says who brought it."""
    delivery = Delivery.objects.create(
        door=Delivery.Door.FORM,
        state=State.DONE,
        mapping="lamplighter",
        agency_id=last.agency,
        received_by=user,
        received_at=at,
        started_at=at,
        finished_at=at,
        digest=last.digest,
        batches_done=1,
    )
    people = PersonRecord.objects.filter(version=last).count()
    return Batch.objects.create(delivery=delivery, seq=0, reports_corrected=1, people=people, committed_at=at)


def _copied(last: ReportVersion, batch: Batch, at: dt.datetime) -> int:
    """The same rows under the next version; its number in the database. No value is read on the way."""
    with connection.cursor() as cursor:
        cursor.execute(
            _copy(
                "reports",
                sql.SQL("key, version + 1, digest, %s, %s"),
                "key, version, digest, batch_id, received_at",
            )
            + " WHERE id = %s RETURNING id",
            [batch.pk, at, last.pk],
        )
        number = int(cursor.fetchone()[0])
        for name in CHILDREN:
            cursor.execute(
                _copy(name, sql.SQL("%s"), "version_id") + " WHERE version_id = %s", [number, last.pk]
            )
    return number


def _copy(table: str, given: sql.SQL, into: str) -> str:
    name = sql.Identifier(TABLES[table]._meta.db_table)
    columns = sql.SQL(", ").join(map(sql.Identifier, schema.TABLES_BY_NAME[table].columns))
    return (
        sql.SQL("INSERT INTO {name} ({into}, {columns}) SELECT {given}, {columns} FROM {name}")
        .format(name=name, into=sql.SQL(into), columns=columns, given=given)
        .as_string(None)
    )
