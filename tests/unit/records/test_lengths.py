"""What is too long to be held is refused at every door, with its reason and without the value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lamplighter.records import ingest
from lamplighter.records.validation.limits import LONGEST_ID, LONGEST_REFERENCE, LONGEST_TEXT
from tests.unit.records.test_damage import a_row, read_a
from tests.unit.records.test_plain import KEY, NOW, document


def _one(**changes: Any) -> ingest.One:
    return ingest.from_document(document(**changes), match_key=KEY, as_at=NOW, source_file="feed")


def test_ids_of_the_longest_reference_fit_the_tables_that_hold_them() -> None:
    # The source is the door and an agency's code of 60 characters at most; 9,999 people stand in a report.
    assert len(f"feed-{'a' * 60}:{'R' * LONGEST_REFERENCE}/9999") <= LONGEST_ID


def test_a_report_with_a_reference_that_is_too_long_is_refused() -> None:
    assert _one(source_ref="R" * LONGEST_REFERENCE).rows["reports"]
    refused = _one(source_ref="R" * (LONGEST_REFERENCE + 1))
    assert not any(refused.rows.values())
    [reason] = [r for r in refused.rejects if r["column"] == "reports.source_ref"]
    assert reason["severity"] == "reject"
    assert reason["value_class"] == "reference longer than 120 characters"


def test_a_row_with_a_reference_that_is_too_long_is_left_out_alone(tmp_path: Path) -> None:
    long = "R" * (LONGEST_REFERENCE + 1)
    batch = read_a(tmp_path, a_row(), a_row(OCC_NO=long, ROW_REF="R2"))
    assert batch.bundle["reports"].height == 1
    assert batch.counts.rows_in.total() == 2
    assert batch.counts.rejected.total() == 1
    [reason] = batch.rejects.filter(severity="reject").to_dicts()
    assert reason["value_class"] == "reference longer than 120 characters"
    assert reason["row"] == 3
    assert long not in str(batch.rejects.to_dicts())


def test_a_person_whose_own_reference_is_too_long_is_left_out_and_the_rest_is_read(tmp_path: Path) -> None:
    batch = read_a(tmp_path, a_row(), a_row(ROW_REF="P" * (LONGEST_REFERENCE + 1)))
    assert batch.bundle["reports"].height == 1
    assert batch.bundle["people"].height == 1
    assert batch.counts.rejected.total() == 1
    assert batch.rejects["value_class"].to_list() == ["reference longer than 120 characters"]
    assert batch.rejects["column"].to_list() == ["ROW_REF"]


def test_an_id_that_a_bundle_brings_is_held_to_the_same() -> None:
    long = document(report_id="form-force-a:" + "R" * LONGEST_ID)
    assert not any(ingest.from_document(long, match_key=KEY, as_at=NOW, source_file="x").rows.values())
    person = {"role": "victim", "forenames": "Ada", "record_id": "P" * (LONGEST_ID + 1)}
    one = _one(people=[person])
    assert one.rows["reports"]
    assert not one.rows["people"]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"summary": "x" * (LONGEST_TEXT + 1)}, "reports.summary"),
        ({"people": [{"role": "victim", "address_text": "x" * (LONGEST_TEXT + 1)}]}, "people.address_text"),
        ({"occasions": [{"narrative": "x" * (LONGEST_TEXT + 1)}]}, "occasions.narrative"),
        (
            {"people": [{"role": "victim", "safe_contact": {"phone": "x" * LONGEST_TEXT}}]},
            "safe_contacts.details",
        ),
    ],
)
def test_a_text_that_is_too_long_is_refused_and_nothing_is_cut_off(
    changes: dict[str, Any], column: str
) -> None:
    refused = _one(**changes)
    assert not any(refused.rows.values())
    assert [r["column"] for r in refused.rejects] == [column]
    assert refused.rejects[0]["severity"] == "reject"
    assert "xxx" not in str(refused.rejects)


def test_the_longest_text_is_taken_whole() -> None:
    [report] = _one(summary="x" * LONGEST_TEXT).rows["reports"]
    assert len(report["summary"]) == LONGEST_TEXT


def test_of_several_documents_only_the_one_with_the_long_text_is_refused() -> None:
    batch = ingest.from_documents(
        [document(), document(source_ref="B", summary="x" * (LONGEST_TEXT + 1))],
        match_key=KEY, as_at=NOW, source_file="feed",
    )  # fmt: skip
    assert batch.bundle["reports"]["source_ref"].to_list() == ["FORCE-A-26-ABCD2345"]
    assert batch.counts.rejected.total() == 1
