"""A workbook and two bundles come into the hub through the same door as any file."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from lamplighter.hub.intake import selectors, services
from lamplighter.hub.intake.models import Delivery
from lamplighter.records import ingest
from lamplighter.records.formats.data_package import write_bundle
from tests.integration.intake import making
from tests.unit.records.making_workbooks import write_table

pytestmark = pytest.mark.django_db


def test_a_workbook_gives_what_its_csv_gives_and_rejects_name_the_sheets_rows(tmp_path: Path) -> None:
    path = making.force_a(tmp_path / "force_a_rms_extract.csv", 5)
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    wanted, _, _ = ingest.read_all([path], "force_a_rms", services.match_key())
    lost = [c if name != "OCC_NO" else "" for name, c in zip(rows[0], rows[-1], strict=True)]
    lost[rows[0].index("MO_TEXT")] = "Another matter."
    book = write_table(tmp_path / "extract.xlsx", [["An extract"], [], *rows, lost], Notes=[["Made by hand"]])
    delivery = services.import_files([book], "force_a_rms")
    totals = services.totals_of(delivery)
    assert delivery.state == Delivery.State.DONE
    assert (totals["rows_in"], totals["rows_accepted"], totals["rows_rejected"]) == (11, 10, 1)
    assert ingest.digest(selectors.bundle()) == ingest.digest(wanted)
    rejects = services.rejects_frame(delivery).filter(severity="reject")
    assert rejects.select("file", "row").rows() == [("extract.xlsx, sheet Extract", 14)]


def test_two_bundles_of_one_delivery_are_both_taken_in(tmp_path: Path) -> None:
    whole, _, _ = ingest.read_all(making.force_a(tmp_path / "a.csv", 6), "force_a_rms", services.match_key())
    ids = whole["reports"]["report_id"].to_list()
    for name, some in (("north", ids[:4]), ("south", ids[3:])):
        part = {
            n: f.filter(f["report_id"].is_in(some)) if "report_id" in f.columns else f
            for n, f in whole.items()
        }
        write_bundle(part, tmp_path / name)
    delivery = services.import_files([tmp_path / "north", tmp_path / "south"], "lamplighter")
    totals = services.totals_of(delivery)
    assert delivery.state == Delivery.State.DONE
    assert totals["reports_new"] == 6
    assert totals["rows_duplicate"] > 0
    assert ingest.digest(selectors.bundle()) == ingest.digest(whole)
