"""Files come in once, completely, and stay as they were."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from lamplighter.hub.intake import selectors, services
from lamplighter.hub.intake.models import Delivery, PersonRecord, ReportVersion
from lamplighter.records import ingest, schema
from tests.integration.intake import making

pytestmark = [pytest.mark.django_db, pytest.mark.own_server]


def test_counts_in_equal_counts_out(tmp_path: Path) -> None:
    path = making.force_a(tmp_path / "force_a_rms_extract.csv", 5)
    lines = path.read_text().splitlines()
    path.write_text("\r\n".join([*lines, lines[1], "4A/000099/25,too,few"]) + "\r\n")
    delivery = services.import_files([path], "force_a_rms")
    totals = services.totals_of(delivery)
    assert delivery.state == Delivery.State.DONE
    assert totals["rows_in"] == 12
    assert (totals["rows_accepted"], totals["rows_rejected"], totals["rows_duplicate"]) == (10, 1, 1)
    assert (totals["reports_new"], totals["people"]) == (5, 10)
    rejects = services.rejects_frame(delivery)
    assert rejects.filter(rejects["severity"] == "reject").height == 1
    assert set(rejects["reason"].is_null()) == {False}


def test_what_comes_out_is_what_the_reader_gave(tmp_path: Path) -> None:
    path = making.force_a(tmp_path / "force_a_rms_extract.csv", 30, word='waited, "shouted" {at} \\ and')
    services.import_files([path], "force_a_rms")
    wanted, _, _ = ingest.read_all([path], "force_a_rms", services.match_key())
    held = selectors.bundle()
    for name in ("reports", "offences", "occasions", "people"):
        table = schema.TABLES_BY_NAME[name]
        assert held[name].equals(wanted[name].sort(table.key)), name


def test_the_same_files_again_change_nothing(tmp_path: Path) -> None:
    path = making.force_a(tmp_path / "force_a_rms_extract.csv", 4)
    services.import_files([path], "force_a_rms")
    before = list(ReportVersion.objects.order_by("pk").values())
    again = services.import_files([path], "force_a_rms")
    assert again.state == Delivery.State.UNCHANGED
    assert list(ReportVersion.objects.order_by("pk").values()) == before


def test_a_larger_file_brings_only_what_is_new(tmp_path: Path) -> None:
    services.import_files([making.force_a(tmp_path / "force_a_rms_extract.csv", 4)], "force_a_rms")
    second = services.import_files([making.force_a(tmp_path / "force_a_rms_extract.csv", 6)], "force_a_rms")
    totals = services.totals_of(second)
    assert (totals["reports_new"], totals["reports_unchanged"], totals["reports_corrected"]) == (2, 4, 0)


def test_a_corrected_file_supersedes_and_loses_nothing(tmp_path: Path) -> None:
    services.import_files([making.force_a(tmp_path / "force_a_rms_extract.csv", 3)], "force_a_rms")
    keys = selectors.report_keys(selectors.current_report_ids())
    between = timezone.now()
    corrected = making.force_a(tmp_path / "force_a_rms_extract.csv", 3, word="followed")
    totals = services.totals_of(services.import_files([corrected], "force_a_rms"))
    assert (totals["reports_new"], totals["reports_corrected"]) == (0, 3)
    assert selectors.report_keys(selectors.current_report_ids()) == keys
    now, then = selectors.bundle(), selectors.bundle(as_at=between)
    assert all("followed" in s for s in now["reports"]["summary"])
    assert all("waited" in s for s in then["reports"]["summary"])
    assert now["people"].height == then["people"].height == 6
    assert selectors.bundle(as_at=between - timedelta(days=1))["reports"].is_empty()
    assert sorted(ReportVersion.objects.values_list("version", flat=True)) == [1, 1, 1, 2, 2, 2]


def test_a_file_that_cannot_be_read_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "force_a_rms_extract.csv"
    path.write_bytes(b"PK\x03\x04 not a table")
    delivery = services.import_files([path], "force_a_rms")
    assert delivery.state == Delivery.State.FAILED
    assert delivery.problem
    assert delivery.remedy
    assert ReportVersion.objects.count() == 0


def test_only_one_process_reads_a_delivery(tmp_path: Path) -> None:
    from psycopg import connect

    delivery = services.receive_files(
        [making.force_a(tmp_path / "force_a_rms_extract.csv", 2)], "force_a_rms"
    )
    params = connection.get_connection_params()
    params.pop("cursor_factory", None)
    params.pop("context", None)
    with connect(**params) as other:
        other.execute("SELECT pg_advisory_lock(72020, %s)", [delivery.pk])
        with pytest.raises(services.AlreadyRunningError):
            services.run(delivery)
        # Closing lets go of the lock too, but only once the server has noticed.
        other.execute("SELECT pg_advisory_unlock(72020, %s)", [delivery.pk])
    assert services.run(delivery).state == Delivery.State.DONE


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE intake_reportversion SET summary = 'changed'",
        "DELETE FROM intake_reportversion",
        "UPDATE intake_personrecord SET surname = 'Changed'",
        "DELETE FROM intake_personrecord",
        "DELETE FROM intake_reject",
    ],
)
def test_the_database_refuses_to_change_what_was_received(tmp_path: Path, statement: str) -> None:
    path = making.force_a(tmp_path / "force_a_rms_extract.csv", 2)
    path.write_text(path.read_text() + "4A/000099/25,too,few\r\n")
    services.import_files([path], "force_a_rms")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_every_row_belongs_to_a_version(tmp_path: Path) -> None:
    services.import_files([making.force_a(tmp_path / "force_a_rms_extract.csv", 7)], "force_a_rms")
    versions = set(ReportVersion.objects.values_list("pk", flat=True))
    for model in (PersonRecord, *PersonRecord.__base__.__subclasses__()):
        assert set(model.objects.values_list("version_id", flat=True)) <= versions
    assert {p.version_id for p in PersonRecord.objects.all()} == versions


def test_two_extracts_that_number_their_rows_alike_do_not_share_people(tmp_path: Path) -> None:
    first = making.force_a(tmp_path / "force_a_rms_extract.csv", 3)
    services.import_files([first], "force_a_rms")
    second = making.force_a(tmp_path / "force_a_rms_extract.csv", 3, first=1)
    # Other occurrences, the same row references.
    second.write_text(second.read_text().replace("4A/00000", "4A/10000"))
    for _ in range(2):
        services.import_files([second], "force_a_rms")
    held = selectors.bundle()["people"]
    assert held.height == 12
    assert held["record_id"].n_unique() == 12
    assert "force_a_rms:V1@4A/100001/25" in held["record_id"].to_list()
