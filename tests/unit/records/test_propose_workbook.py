"""A sample that is a workbook proposes what the same table as text proposes, and its mapping reads both."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from lamplighter.records import ingest
from lamplighter.records.errors import EmptyFile, HeaderNotFound
from lamplighter.records.mapping.mappings import parse_mapping
from lamplighter.records.propose import Choices, Proposal, Source, compose, mapping_toml, problems, propose
from tests.unit.records import layouts
from tests.unit.records.layouts import Layout
from tests.unit.records.making_workbooks import write_table

KEY = b"key"
SEPARATORS = {"crimes.csv": ";", "occurrences.txt": "\t"}


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="cp1252" if path.suffix == ".txt" else "utf-8", newline="") as file:
        return list(csv.reader(file, delimiter=SEPARATORS.get(path.name, ",")))


def mapped(proposal: Proposal, kind: str) -> str:
    choices = Choices.of(proposal)
    for question in proposal.questions:
        choices.answers[question.key] = question.proposed or question.choices[0][0]
    assert problems(proposal, choices) == []
    return mapping_toml(compose(proposal, choices, Source("ours", "Our system", "force-c", kind)))


def said(proposal: Proposal) -> list[tuple[str, str, str]]:
    return [(c.heading, c.meaning, c.whose) for c in proposal.columns]


@pytest.mark.parametrize("make", [layouts.police_side_by_side, layouts.police_roles])
def test_a_workbook_proposes_what_the_text_proposes(make: Callable[[Path], Layout], tmp_path: Path) -> None:
    layout = make(tmp_path)
    book = write_table(tmp_path / "sample.xlsx", table(layout.files[0]), Notes=[["Made by hand"]])
    text, proposal = propose(layout.files, layout.kind), propose([book], layout.kind)
    assert said(proposal) == said(text)
    assert proposal.rows_are == layout.rows_are

    mapping = parse_mapping(mapped(proposal, layout.kind), "ours.toml")
    from_book, _, counts = ingest.read_all([book], mapping, KEY)
    from_text, _, _ = ingest.read_all(layout.files, parse_mapping(mapped(text, layout.kind), "t.toml"), KEY)
    assert counts.balanced()
    assert counts.totals()["rejected"] == 0
    assert ingest.digest(from_book) == ingest.digest(from_text)


def test_headings_below_a_merged_title_and_grouped_are_found(tmp_path: Path) -> None:
    rows = [
        ["Crown Force, crimes of May"] * 7,
        [],
        ["Crime", "Crime", "Victim", "Victim", "Suspect", "Suspect", "Suspect"],
        ["Crime no", "Reported", "Surname", "DOB", "Surname", "DOB", "Mobile"],
        *(
            [f"C/{n:03d}/26", f"2026-05-{n:02d}", "Nair", "1990-02-03", "Voss", "1988-07-09", "07700900123"]
            for n in range(1, 25)
        ),
    ]
    proposal = propose([write_table(tmp_path / "sample.xlsx", rows)], "police")
    assert proposal.tables[0].grouped
    assert proposal.tables[0].above == 3
    found = {c.heading: (c.meaning, c.whose) for c in proposal.columns}
    assert found["Victim Surname"] == ("surname", "victim")
    assert found["Suspect DOB"] == ("birth_date", "suspect")


def test_sheets_of_one_extract_are_its_files_and_a_sheet_of_which_nothing_is_used_is_none(
    tmp_path: Path,
) -> None:
    layout = layouts.two_files(tmp_path)
    one, two = map(table, layout.files)
    codes = [["Key", "Stands for"], *([f"Z{n}", f"Word {n}"] for n in range(5))]
    book = write_table(tmp_path / "sample.xlsx", one, People=two, Codes=codes)
    proposal = propose([book], layout.kind)
    assert {t.file for t in proposal.tables} == {
        f"sample.xlsx, sheet {name}" for name in ("Extract", "People", "Codes")
    }
    assert {c.meaning for c in proposal.columns if c.heading in codes[0]} == {"not_used"}
    mapping = parse_mapping(mapped(proposal, layout.kind), "ours.toml")
    assert len(mapping.files) == 2
    text = parse_mapping(mapped(propose(layout.files, layout.kind), layout.kind), "t.toml")
    from_book, rejects, counts = ingest.read_all([book], mapping, KEY)
    assert counts.totals()["rejected"] == 0
    assert rejects["file"].to_list() == ["sample.xlsx, sheet Codes"]
    assert ingest.digest(from_book) == ingest.digest(ingest.read_all(layout.files, text, KEY)[0])


def test_a_workbook_without_a_table_says_why(tmp_path: Path) -> None:
    with pytest.raises(HeaderNotFound, match=r"note\.xlsx, row 1"):
        propose([write_table(tmp_path / "note.xlsx", [["Only a note"]])])
    with pytest.raises(EmptyFile, match="no row under the headings"):
        propose([write_table(tmp_path / "empty.xlsx", [["Crime no", "Surname"]])])
    with pytest.raises(EmptyFile):
        propose([write_table(tmp_path / "blank.xlsx", [])])
