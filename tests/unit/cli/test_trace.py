"""``lamplighter trace`` as an analyst runs it: any mix of systems in, a page and a workbook out."""

from __future__ import annotations

import json
import re
import shutil
import stat
import zipfile
from pathlib import Path

import frictionless
import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from lamplighter.cli.main import app
from lamplighter.cli.trace.data_package import explained
from lamplighter.cli.trace.page import MARKING
from lamplighter.records import ingest
from lamplighter.records.formats.data_package import write_bundle
from lamplighter.reporting.words import NOT_SHOWN
from lamplighter.synthetic import exports
from lamplighter.synthetic.worlds.world import generate
from tests.unit.records.making_workbooks import write_table
from tests.unit.records.test_recognise import own

pytestmark = pytest.mark.xdist_group("trace")
DATA = (
    "courses.csv",
    "course_reports.csv",
    "suspect_unclear.csv",
    "occasions.csv",
    "findings.csv",
    "persons.csv",
    "pairs_to_decide.csv",
    "report_pairs.csv",
    "rejects.csv",
)
HEADINGS = ("INC", "LINE", "TOLD", "WHAT", "PART", "SURNAME", "FORENAME")
# Told to a fourth system, in words that have to stay words wherever they are shown.
STORY = (
    (
        "2025-01-10 09:00",
        "Suspect followed the IP home from work and waited outside. <script>alert(1)</script>",
    ),
    ("2025-02-11 09:00", "=HYPERLINK(0) Suspect followed IP to the gym, sent 40 messages, told to stop."),
    ("2025-03-12 09:00", "Suspect waited outside her house again and watched through the window."),
)


def trace(*arguments: object) -> Result:
    done = CliRunner().invoke(app, ["trace", *map(str, arguments)])
    assert done.exit_code in {0, 2}, done.output
    return done


def said(done: Result) -> str:
    return " ".join(done.output.replace("│", " ").split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three systems' exports of one made-up world, and a fourth system's workbook."""
    made = tmp_path_factory.mktemp("exports")
    exports.write(generate(11, person_records=1_000, forces=2), made)
    shutil.rmtree(made / "truth")
    (made / "README.txt").write_text("Not an extract.")
    rows = [list(HEADINGS)]
    for n, (told, what) in enumerate(STORY, 1):
        rows.append([f"C{n}", f"{n}-1", told, what, "IP", "QUARLE", "Ann"])
        rows.append([f"C{n}", f"{n}-2", told, what, "SUS", "VOSS", "Ned"])
    write_table(made / "force_c.xlsx", [["Incidents of Force C"], [], *rows])
    return made


@pytest.fixture(scope="module")
def mapping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = own(tmp_path_factory.mktemp("mappings"), columns=HEADINGS)
    text = path.read_text().replace(
        'title = "Force C"', 'title = "Force C, incidents"\nagency_title = "Force C"\nagency_kind = "police"'
    )
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def result(folder: Path, mapping: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that a run over all four systems wrote, and what it said."""
    out = tmp_path_factory.mktemp("result") / "out"
    done = trace(folder, "--mapping", mapping, "--out", out)
    assert done.exit_code == 0, done.output
    return out, said(done)


def table(result: tuple[Path, str], name: str) -> pl.DataFrame:
    return pl.read_csv(result[0] / "data" / name, infer_schema=False)


def test_four_systems_in_one_run_and_every_row_accounted_for(result: tuple[Path, str]) -> None:
    out, told = result
    assert sorted(p.name for p in out.iterdir()) == ["README.txt", "data", "patterns.html", "patterns.xlsx"]
    assert {p.name for p in (out / "data").iterdir()} == {*DATA, "model.json", "datapackage.json"}
    sources = set(table(result, "persons.csv")["record_id"].str.split(":").list.first())
    assert sources == {"force_a_rms", "force_b", "helpline", "force_c"}
    assert set(table(result, "course_reports.csv")["course_id"]) == set(
        table(result, "courses.csv")["course_id"]
    )
    assert "Left aside: README.txt (no mapping knows its columns)." in told
    counts = re.search(r"All files ([\d,]+) ([\d,]+) ([\d,]+) ([\d,]+)", told)
    assert counts is not None
    rows, accepted, rejected, repeated = (int(n.replace(",", "")) for n in counts.groups())
    assert rows == accepted + rejected + repeated
    assert "force_c.xlsx 6 6 0 0" in told


def test_findings_are_those_that_were_met(result: tuple[Path, str]) -> None:
    findings = table(result, "findings.csv")
    assert "met" not in findings.columns
    assert findings["evidence"].drop_nulls().len() > 0
    assert not findings["words"].str.contains(NOT_SHOWN, literal=True).any()


def test_every_column_of_every_file_is_explained_and_nothing_else(result: tuple[Path, str]) -> None:
    package = json.loads((result[0] / "data" / "datapackage.json").read_text())
    resources = {r["path"]: r for r in package["resources"]}
    assert set(resources) == set(DATA) == {f"{name}.csv" for name in explained()}
    for path, resource in resources.items():
        fields = {f["name"]: f["description"] for f in resource["schema"]["fields"]}
        assert list(fields) == table(result, path).columns == [c for c in fields if fields[c]]
        assert set(fields) == set(explained()[path.removesuffix(".csv")]["columns"])
    report = frictionless.validate(str(result[0] / "data" / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])[:3]


def test_the_page_says_the_flagged_patterns_first_and_asks_nobody_for_anything(
    result: tuple[Path, str],
) -> None:
    page = (result[0] / "patterns.html").read_text()
    assert page.index('id="flagged"') < page.index('id="others"') < page.index('id="left-out"')
    assert page.index('id="left-out"') < page.index('id="not-to-conclude"')
    assert MARKING in page
    # Self-contained: no script, no request, and a policy that would stop both.
    assert not re.search(r"<script|<link|<img|<iframe|\son\w+=|url\(|https?://|@import", page)
    assert "default-src 'none'" in page
    # No name is where a browser's history or a task bar shows it.
    assert "<title>Patterns in reports</title>" in page
    flagged = table(result, "courses.csv").filter(flagged="true")
    assert flagged.height > 0
    assert page.count('<article class="pattern"') == flagged.height
    text = re.sub(r"<[^>]+>", "", page)
    assert "Three reports about Ann Quarle and Ned Voss, in one force, over 2 months." in text
    for words in ("Why these are the same people", "How sure:", "What happened, in order", "C2 (Force C)"):
        assert words in text, words
    assert "README.txt: no mapping knows its columns" in text


def test_what_somebody_typed_is_text_on_the_page_and_in_the_workbook(result: tuple[Path, str]) -> None:
    page = (result[0] / "patterns.html").read_text()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    with zipfile.ZipFile(result[0] / "patterns.xlsx") as book:
        sheets = [book.read(n).decode() for n in book.namelist() if n.startswith("xl/worksheets/")]
    assert not any("<f>" in sheet or "<f " in sheet or "hyperlink" in sheet.lower() for sheet in sheets)
    cells = openpyxl.load_workbook(result[0] / "patterns.xlsx")["Reports in patterns"].iter_rows()
    typed = [c for row in cells for c in row if str(c.value).startswith("=")]
    assert typed
    assert all(c.data_type == "s" and c.quotePrefix for c in typed)


def test_the_workbook_has_four_sheets_whose_headings_stay_and_are_explained(result: tuple[Path, str]) -> None:
    book = openpyxl.load_workbook(result[0] / "patterns.xlsx")
    assert book.sheetnames == ["Patterns", "Reports in patterns", "People", "Explains the columns"]
    explains = {(r[0], r[1]) for r in book["Explains the columns"].iter_rows(min_row=3, values_only=True)}
    for sheet in book.worksheets[:3]:
        assert sheet["A1"].value == MARKING
        assert sheet.freeze_panes == "B3"
        headings = [c.value for c in sheet[2]]
        assert {(sheet.title, h) for h in headings} <= explains
        assert len(set(headings)) == len(headings)
    patterns = [dict(zip([c.value for c in book["Patterns"][2]], row, strict=True)) for row in
                book["Patterns"].iter_rows(min_row=3, values_only=True)]  # fmt: skip
    courses = table(result, "courses.csv").filter(kind="pattern")
    assert len(patterns) == courses.height
    said_first = [p["Possible stalking"] for p in patterns]
    assert said_first == sorted(said_first, reverse=True)
    mine = next(p for p in patterns if p["Victim"] == "Ann Quarle")
    assert (mine["Suspect"], mine["Reports"], mine["Agencies"]) == ("Ned Voss", 3, "Force C")
    assert mine["References"] == "C1 (Force C); C2 (Force C); C3 (Force C)"
    assert mine["First incident"].date().isoformat() == "2025-01-10"
    people = [row[1] for row in book["People"].iter_rows(min_row=3, values_only=True)]
    assert {"Ann Quarle", "Ned Voss"} <= set(people)


def test_a_helplines_word_is_no_crime_record(tmp_path: Path) -> None:
    """A caller's stalking is what the caller says; that no force recorded any is said all the same."""
    contact = {
        "contact": {"channel": "phone", "made_by": "client"},
        "persons_of_concern": [],
        "concern": "stalking",
        "story": "He followed her home and waited outside. She told him to stop.",
    }
    lines = []
    for n in (1, 2, 3):
        reference = f"HC-25-0000{n}"
        client = {"party_ref": f"{reference}/1", "first_name": "Ann", "surname": "Quarle"}
        client |= {"area": "Ellerby", "phones": ["07131 140011"], "age_band": "25-34"}
        man = {
            "party_ref": f"{reference}/2",
            "first_name": "Ned",
            "surname": "Voss",
            "phones": ["07131 140022"],
        }
        at = {"at": f"2025-0{n}-04T19:55:00", "channel": "phone", "made_by": "client"}
        lines.append(
            json.dumps(
                contact
                | {"contact_ref": reference, "contact": at, "client": client, "persons_of_concern": [man]}
            )
        )
    (tmp_path / "h.jsonl").write_text("\n".join(lines))
    done = trace(tmp_path / "h.jsonl", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    text = re.sub(r"<[^>]+>", "", (tmp_path / "out" / "patterns.html").read_text())
    assert "Recorded as stalking by Stalking and harassment helpline in 3 of 3 reports." in text
    assert "Never recorded as stalking by a police force" in text
    assert "Never recorded as stalking by anyone" not in text


def test_how_to_reach_somebody_safely_is_in_no_file(folder: Path, result: tuple[Path, str]) -> None:
    told = [
        json.loads(line)
        for line in (folder / "helpline_contacts.jsonl").read_text().splitlines()
        if line[-1:] == "}"
    ]
    numbers = {
        re.sub(r"\D", "", c["client"]["safe_contact"]["phone"])[-9:]
        for c in told
        if (c["client"].get("safe_contact") or {}).get("phone")
    }
    # A number may stand in the words of a report as well; then it is no secret of the vault.
    open_text = "".join(p.read_text("latin-1") for p in folder.iterdir() if p.suffix in {".csv", ".txt"})
    secret = {n for n in numbers if n not in re.sub(r"[^\d]", "", open_text)}
    assert secret
    written = b"".join(p.read_bytes() for p in result[0].rglob("*") if p.is_file() and p.suffix != ".xlsx")
    with zipfile.ZipFile(result[0] / "patterns.xlsx") as book:
        written += b"".join(book.read(n) for n in book.namelist())
    digits = re.sub(rb"[ ()+-]", b"", written)
    assert [n for n in secret if n.encode() in digits] == []
    assert b"safe_contact" not in written


def test_only_the_owner_can_read_what_is_written(result: tuple[Path, str]) -> None:
    out = result[0]
    modes = {stat.S_IMODE(p.stat().st_mode) for p in out.rglob("*") if p.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(p.stat().st_mode) for p in (out, out / "data")} == {0o700}


def test_a_folder_that_holds_files_is_refused_and_left_as_it_is(
    folder: Path, result: tuple[Path, str], tmp_path: Path
) -> None:
    out = tmp_path / "old"
    shutil.copytree(result[0], out)
    (out / "notes.txt").write_text("what I found")
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in out.rglob("*") if p.is_file()}
    done = trace(folder / "helpline_contacts.jsonl", "--out", out)
    assert done.exit_code == 2
    told = said(done)
    assert "holds files already: README.txt, data/course_reports.csv" in told
    assert "--overwrite" in told
    assert "Read helpline" not in told
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in out.rglob("*") if p.is_file()} == before
    done = trace(folder / "helpline_contacts.jsonl", "--out", out, "--overwrite")
    assert done.exit_code == 0, done.output
    assert (out / "notes.txt").read_text() == "what I found"
    persons = pl.read_csv(out / "data" / "persons.csv")["record_id"]
    assert persons.str.starts_with("helpline:").all()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["old"]


def test_a_run_that_fails_leaves_nothing_behind(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise RuntimeError("no room")

    monkeypatch.setattr("lamplighter.cli.trace.results.workbook", broken)
    done = CliRunner().invoke(
        app, ["trace", str(folder / "helpline_contacts.jsonl"), "--out", str(tmp_path / "out")]
    )
    assert isinstance(done.exception, RuntimeError)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_taken_and_a_file_is_not(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty" / "within").mkdir(parents=True)
    call = [folder / "helpline_contacts.jsonl", "--mapping", "helpline", "--out", tmp_path / "empty"]
    assert trace(*call).exit_code == 0
    (tmp_path / "file").write_text("x")
    assert "is a file" in said(trace(folder / "helpline_contacts.jsonl", "--out", tmp_path / "file"))


def test_read_refuses_a_used_folder_too(folder: Path, tmp_path: Path) -> None:
    call = ["read", str(folder / "helpline_contacts.jsonl"), "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(app, call).exit_code == 0
    again = CliRunner().invoke(app, call)
    assert again.exit_code == 2
    assert "datapackage.json" in again.output
    assert CliRunner().invoke(app, [*call, "--overwrite"]).exit_code == 0
    assert {stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "out").iterdir()} == {0o600}


def test_two_bundles_in_one_run_are_both_read(folder: Path, tmp_path: Path) -> None:
    for name, file, mapping in (
        ("north", "force_a_rms_extract.csv", "force_a_rms"),
        ("south", "helpline_contacts.jsonl", "helpline"),
    ):
        bundle, _, _ = ingest.read_all(folder / file, mapping, b"key")
        write_bundle(bundle, tmp_path / name)
    done = CliRunner().invoke(
        app, ["read", str(tmp_path / "north"), str(tmp_path / "south"), "--out", str(tmp_path / "both")]
    )
    assert done.exit_code == 0, done.output
    sources = pl.read_parquet(tmp_path / "both" / "reports.parquet")["source"].unique()
    assert set(sources) == {"force_a_rms", "helpline"}
    assert "north/reports.parquet" in done.output
    assert "south/reports.parquet" in done.output


def test_mappings_of_ones_own_come_as_files_and_folders_and_one_that_fits_nothing_is_said(
    folder: Path, mapping: Path, tmp_path: Path
) -> None:
    other = own(tmp_path, "force_d", ("REF", "INC", "WHO", "WHEN"))
    done = trace(
        folder / "force_c.xlsx", "--mapping", mapping.parent, "--mapping", other, "--out", tmp_path / "out"
    )
    assert done.exit_code == 0, done.output
    assert "No file fits the mapping force_d." in said(done)
    assert "Read force_c (force_c.xlsx): 3 reports, 6 people" in said(done)
    assert "mapping force_d was given" in (tmp_path / "out" / "patterns.html").read_text()
