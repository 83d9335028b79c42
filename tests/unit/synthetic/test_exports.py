"""The exports have the agencies' own shapes, their quirks, and the truth beside them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from lamplighter.synthetic import exports
from lamplighter.synthetic.exports import force_a, force_b
from lamplighter.synthetic.worlds.world import World, generate


@pytest.fixture(scope="module")
def folder(two_forces: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exports")
    exports.write(two_forces, path)
    return path


@pytest.fixture(scope="module")
def truth_records(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "truth" / "records.parquet")


def force_a_rows(folder: Path) -> list[list[str]]:
    text = (folder / exports.FORCE_A_FILE).read_bytes().decode("utf-8")
    return list(csv.reader(io.StringIO(text, newline="")))


def force_b_rows(folder: Path, which: int) -> list[list[str]]:
    text = (folder / exports.FORCE_B_FILES[which]).read_bytes().decode("cp1252")
    return [line.split("|") for line in text.split("\r\n")[:-1]]


def test_force_a_is_utf8_csv_with_crlf_and_its_header(folder: Path) -> None:
    raw = (folder / exports.FORCE_A_FILE).read_bytes()
    assert raw.startswith(b"OCC_NO,ROW_REF,DATE_REPORTED,")
    assert raw.endswith(b"\r\n")
    rows = force_a_rows(folder)
    assert rows[0] == force_a.HEADER
    assert len(rows[0]) == 30
    whole = [row for row in rows[1:] if len(row) == 30 and row != force_a.HEADER and any(row)]
    assert len(whole) > 0.97 * len(rows)
    dates = [row[2].strip() for row in whole]
    assert sum(bool(re.fullmatch(r"\d\d/\d\d/\d{4} \d\d:\d\d", d)) for d in dates) > 0.98 * len(dates)
    assert {row[12].strip() for row in whole} <= {
        "VICTIM",
        "SUSPECT",
        "REPORTING PERSON",
        "WITNESS",
        "INVOLVED PARTY",
    } | {row[12].strip() for row in whole if len(row[12]) > 20}


def test_every_undamaged_record_is_in_its_file_under_its_reference(
    folder: Path, truth_records: pl.DataFrame
) -> None:
    good = set(truth_records.filter(~pl.col("damaged"))["record_id"])
    # Line by line: a damaged line may leave a quotation mark open.
    lines = (folder / exports.FORCE_A_FILE).read_bytes().decode("utf-8").split("\r\n")
    rows = [next(csv.reader([line]), []) for line in lines]
    found = {f"force_a_rms:{row[1].strip()}" for row in rows if len(row) == 30}
    found |= {f"force_b:{row[0]}" for row in force_b_rows(folder, 2) if len(row) == 5}
    for line in (folder / exports.HELPLINE_FILE).read_text("utf-8").splitlines():
        try:
            contact = json.loads(line)
        except json.JSONDecodeError:
            continue
        if "contact_ref" not in contact or not isinstance(contact["persons_of_concern"], list):
            continue
        people = [contact["client"], *contact["persons_of_concern"], *contact.get("others", [])]
        found |= {f"helpline:{p['party_ref']}" for p in people}
    assert good <= found


def test_force_b_is_windows_1252_pipes_that_join(folder: Path) -> None:
    crimes, nominals, links = (force_b_rows(folder, k) for k in range(3))
    assert crimes[0] == force_b.CRIMES.split("|")
    assert nominals[0] == force_b.NOMINALS.split("|")
    assert links[0] == force_b.LINKS.split("|")
    crime_refs, nominal_refs = {row[0] for row in crimes}, {row[0] for row in nominals}
    pointing = [row for row in links[1:] if len(row) == 5]
    lost = [row for row in pointing if row[1] not in crime_refs or row[2] not in nominal_refs]
    assert 0 < len(lost) < 0.02 * len(pointing)
    reused = Counter(row[2] for row in pointing)
    assert sum(n > 1 for n in reused.values()) > 50


def test_helpline_keeps_no_dates_of_birth_and_marks_safe_contacts(folder: Path) -> None:
    text = (folder / exports.HELPLINE_FILE).read_text("utf-8")
    assert "birth" not in text
    contacts = []
    for line in text.splitlines():
        try:
            contacts.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    assert len(contacts) > 50
    assert all("safe_contact" in c["client"] for c in contacts)
    assert {c["concern"] for c in contacts} <= {
        "stalking",
        "harassment",
        "domestic abuse",
        "neighbour",
        "online abuse",
        "other",
    }
    bands = {c["client"]["age_band"] for c in contacts}
    assert bands <= {None, "under 18", "18-24", "25-34", "35-44", "45-54", "55-64", "65+"}
    known = [c["police"]["ref"] for c in contacts if "ref" in c["police"]]
    assert known
    assert all(re.match(r"4A/|HM", ref) for ref in known)


def test_some_lines_are_damaged_and_the_truth_says_which(folder: Path, truth_records: pl.DataFrame) -> None:
    damaged = truth_records["damaged"].mean()
    assert 0 < damaged < 0.02
    manifest = json.loads((folder / "truth" / "manifest.json").read_text("utf-8"))
    assert manifest["damaged"] == truth_records["damaged"].sum()
    for name, lines in manifest["lines"].items():
        raw = (folder / name).read_bytes()
        ends = raw.count(b"\r\n") or raw.count(b"\n")
        assert ends == lines, name


def test_exports_are_the_same_every_time(two_forces: World, folder: Path, tmp_path: Path) -> None:
    exports.write(two_forces, tmp_path)
    for name in (exports.FORCE_A_FILE, *exports.FORCE_B_FILES, exports.HELPLINE_FILE):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_a_world_of_more_forces_has_no_export_format(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="forces=2"):
        exports.write(generate(1, person_records=200, forces=3), tmp_path)


def test_no_truth_leaks_into_the_exports(folder: Path) -> None:
    for name in (exports.FORCE_A_FILE, *exports.FORCE_B_FILES, exports.HELPLINE_FILE):
        text = (folder / name).read_bytes().decode("cp1252", errors="replace")
        assert not re.search(r"\b[TCF]\d{3}-\d{6}\b", text), name
