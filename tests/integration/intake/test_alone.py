"""One report is written in one statement. The tables then hold what a batch of one would have put there."""

from __future__ import annotations

import threading
from typing import Any

import polars as pl
import pytest
from django.db import connection, transaction
from django.utils import timezone

from lamplighter.hub.accounts.services import ensure_agency
from lamplighter.hub.intake import selectors
from lamplighter.hub.intake.documents import services as documents
from lamplighter.hub.intake.models import TABLES, Batch, Delivery, PersonRecord, Reject, ReportVersion
from lamplighter.hub.intake.storage import batch_writer
from lamplighter.records import ingest
from tests.integration.intake import making

pytestmark = [pytest.mark.django_db, pytest.mark.own_server]

# What numbers and names rows, and when: different every time.
OWN = {"id", "pk", "key", "version_id", "batch_id", "delivery_id", "received_at", "committed_at"}
OWN |= {"superseded_at"}


def rows(model: Any) -> list[dict[str, Any]]:
    found = [{k: v for k, v in row.items() if k not in OWN} for row in model.objects.values()]
    return sorted(found, key=repr)


def everything() -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: rows(model) for model in (*TABLES.values(), Batch, Reject)}


def by_a_batch(document: dict[str, Any], record_id: pl.Expr | None = None) -> None:
    now = timezone.now()
    clean = documents._ours(document, ensure_agency("force-a", kind="police"), Delivery.Door.FORM)
    read = ingest.from_documents(
        [clean],
        match_key=documents.match_key(),
        as_at=timezone.localtime(now).replace(tzinfo=None),
        source_file="form",
    )
    delivery = Delivery.objects.create(
        door=Delivery.Door.FORM, state=Delivery.State.DONE, mapping="lamplighter", received_at=now
    )
    if record_id is not None:
        for name in ("people", "safe_contacts"):
            read.bundle[name] = read.bundle[name].with_columns(record_id)
    batch_writer.write(delivery, batch_writer.Incoming(0, read, ingest.digest(read.bundle)), now)


SENT = [
    making.document(),
    making.document(impact='"Quoted", \\ {and} é', flags=["a,b", '"', "\\"]),
    making.document(impact='"Quoted", \\ {and} é', flags=["a,b", '"', "\\"]),
    making.document(source_ref="ab/2", people=[], occasions=[], offences=[], summary="x\x00y"),
    making.document(source_ref="ab/3", reported_at="2025-05-03T10:00:00.5", location_postcode="nowhere"),
]


def test_the_tables_hold_what_a_batch_of_one_would_put_there() -> None:
    agency = ensure_agency("force-a", kind="police")
    with transaction.atomic():
        for document in SENT:
            documents.receive_document(document, agency)
        alone = everything()
        assert [v.version for v in ReportVersion.objects.order_by("pk")] == [1, 2, 1, 1]
        assert Delivery.objects.filter(batches_done=1).count() == len(SENT)
        assert ReportVersion.objects.exclude(superseded_at=None).count() == 1
        assert alone["Reject"]
        transaction.set_rollback(True)
    assert not ReportVersion.objects.exists()
    for document in SENT:
        by_a_batch(document)
    assert everything() == alone
    assert ReportVersion.objects.exclude(superseded_at=None).count() == 1


def test_what_is_compared_of_a_report_is_what_would_be_read_of_it() -> None:
    agency = ensure_agency("force-a", kind="police")
    seen = 0
    for document in SENT:
        received = documents.receive_document(document, agency)
        if received.outcome == "unchanged":
            assert received.compared is None
            continue
        [(report, people)] = selectors.received([received.report_id])
        told, compared = received.compared or ({}, [])
        assert told == {name: value for name, value in report.items() if name != "id"}
        assert sorted(compared, key=repr) == sorted(people, key=repr)
        seen += len(people)
    assert seen


def test_a_record_id_that_another_report_uses_gets_a_name_of_its_own() -> None:
    taken = "form-force-a:AB/9/1"
    by_a_batch(making.document(), pl.col("record_id").replace("form-force-a:AB/1/1", taken))
    assert PersonRecord.objects.filter(record_id=taken).count() == 1
    received = documents.receive_document(
        making.document(source_ref="ab/9"), ensure_agency("force-a", kind="police")
    )
    assert received.outcome == "new"
    names = PersonRecord.objects.filter(version__report_id=received.report_id).values_list("record_id")
    assert sorted(names) == [("form-force-a:AB/9/1@AB/9",), ("form-force-a:AB/9/2",)]
    assert PersonRecord.objects.filter(record_id=taken).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_report_sent_twice_at_once_is_one_report() -> None:
    agency = ensure_agency("force-a", kind="police")
    outcomes: list[str] = []

    def send() -> None:
        try:
            outcomes.append(documents.receive_document(making.document(), agency).outcome)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["new", "unchanged", "unchanged", "unchanged"]
    assert ReportVersion.objects.count() == 1
