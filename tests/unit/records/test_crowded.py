"""A report that holds more than a report may is left out whole, told of, and counted; the others are read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from lamplighter.cli.main import main
from lamplighter.records import ingest
from lamplighter.records.validation.limits import MOST_ROWS, MOST_VALUES
from lamplighter.records.validation.problems import problems
from tests.unit.records.test_damage import a_row, read_a
from tests.unit.records.test_plain import KEY, NOW, document

MOST_PEOPLE = MOST_ROWS["people"]


def _one(**changes: Any) -> ingest.One:
    return ingest.from_document(document(**changes), match_key=KEY, as_at=NOW, source_file="feed")


def test_the_words_name_the_numbers_that_are_held_to() -> None:
    said = problems()
    for table, most in MOST_ROWS.items():
        assert said[f"more_{table}_than_a_report"].value_class == f"report with more than {most} {table}"
    assert said["more_values_than_a_list"].value_class == f"list of more than {MOST_VALUES} values"


def test_a_report_of_a_file_with_too_many_people_is_rejected_row_by_row(tmp_path: Path) -> None:
    crowd = [a_row(OCC_NO="4A/000009/24", ROW_REF=f"C{n}", ROLE="WITNESS") for n in range(MOST_PEOPLE + 1)]
    batch = read_a(tmp_path, a_row(), *crowd)
    assert batch.bundle["reports"]["source_ref"].to_list() == ["4A/000001/24"]
    assert batch.bundle["people"].height == 1
    assert batch.counts.accepted.total() == 1
    assert batch.counts.rejected.total() == MOST_PEOPLE + 1
    told = batch.rejects.filter(severity="reject")
    assert told.height == MOST_PEOPLE + 1
    assert set(told["value_class"]) == {f"report with more than {MOST_PEOPLE} people"}


def test_a_report_of_a_file_with_as_many_people_as_it_may_have_is_read(tmp_path: Path) -> None:
    crowd = [a_row(ROW_REF=f"C{n}", SURNAME=f"NAME{n}", TEL_1="") for n in range(MOST_PEOPLE)]
    batch = read_a(tmp_path, *crowd)
    assert batch.bundle["people"].height == MOST_PEOPLE
    assert batch.rejects.filter(severity="reject").is_empty()


@pytest.mark.parametrize("part", sorted(MOST_ROWS))
def test_a_document_that_holds_too_much_is_refused_and_says_why(part: str) -> None:
    row = {"people": {"role": "witness"}, "occasions": {}, "offences": {"offence": "harassment_s2"}}[part]
    assert _one(**{part: [row] * MOST_ROWS[part]}).rows["reports"]
    refused = _one(**{part: [row] * (MOST_ROWS[part] + 1)})
    assert not any(refused.rows.values())
    [reason] = [r for r in refused.rejects if r["severity"] == "reject"]
    assert reason["value_class"] == f"report with more than {MOST_ROWS[part]} {part}"
    assert reason["remedy"]


def test_a_list_of_too_many_values_is_refused() -> None:
    phones = [f"07700 90{n:04d}" for n in range(MOST_VALUES + 1)]
    assert _one(people=[{"role": "victim", "phones": phones[:-1]}]).rows["reports"]
    refused = _one(people=[{"role": "victim", "phones": phones}])
    assert not any(refused.rows.values())
    [reason] = [r for r in refused.rejects if r["severity"] == "reject"]
    assert reason["value_class"] == f"list of more than {MOST_VALUES} values"
    assert phones[0] not in str(refused.rejects)


@pytest.mark.parametrize("mapping", ["helpline", None])
def test_deep_brackets_in_a_file_are_refused_in_words(
    tmp_path: Path,
    mapping: str | None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = '{"contact_ref": "H1", "a": ' + "[" * 200_000 + "]" * 200_000 + "}"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "contacts.jsonl").write_text(line + "\n")
    (tmp_path / "in" / "datapackage.json").write_text("[" * 200_000)
    asked = ["trace", str(tmp_path / "in"), "--out", str(tmp_path / "out")]
    asked += ["--mapping", mapping] if mapping else []
    monkeypatch.setattr("sys.argv", ["lamplighter", *asked])
    before = os.umask(0o022)
    with pytest.raises(SystemExit) as ended:
        main()
    # What a command writes is for whoever runs it alone.
    assert os.umask(before) == 0o077
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("lamplighter: ")
    assert "Traceback" not in said
