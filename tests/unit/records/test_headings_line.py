"""Where the headings of a table stand in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from lamplighter.records.formats.any_table import read_any
from lamplighter.records.formats.header_detection import headings_line

ROWS = ["1,Ann,Quarle,03/04/1980,07700900123", "2,Bo,Oakmere,,07700900456"]
HEADINGS = "no,fname,lname,dob,mobile"


@pytest.mark.parametrize(
    "above",
    [
        ["Report of cases, 2024"],
        ["Report of cases,,,,", "Extracted:,03/01/2025,,,", ",,,,"],
        ['"Cases, by unit"', "", "Unit: North"],
        ["sep=,", "Cases"],
        [],
    ],
)
def test_a_title_is_passed_over_and_told_of(tmp_path: Path, above: list[str]) -> None:
    path = tmp_path / "in.csv"
    path.write_text("\n".join([*above, HEADINGS, *ROWS]) + "\n", "utf-8")
    table = read_any(path)
    assert table.frame.columns == HEADINGS.split(",")
    assert table.frame["lname"].to_list() == ["Quarle", "Oakmere"]
    assert table.above == sum(line not in ("", "sep=,") for line in above)


def test_no_row_is_passed_over() -> None:
    # Headings of fewer columns than the rows have, and rows without a number.
    assert headings_line(["fname,lname", *ROWS]).at == 0
    assert not headings_line([*ROWS, "3,Cy,Quarle,n/k,n/k"]).may_be_names


def test_the_separator_of_the_table_is_not_that_of_its_title() -> None:
    found = headings_line(["Cases: harassment, stalking, damage", "fname;lname;dob", "Ann;Quarle;03/04/1980"])
    assert (found.at, found.separator) == (1, ";")


@pytest.mark.parametrize("groups", ["Victim,,,Suspect,,,", "Victim,Victim,Victim,Suspect,Suspect,Suspect,"])
def test_a_line_above_the_headings_may_group_them(tmp_path: Path, groups: str) -> None:
    path = tmp_path / "in.csv"
    lines = [groups, "Name,DOB,Tel,Name,DOB,Tel,Date", "Ann Quarle,,07700900123,Bo Oakmere,,,01/02/2024"]
    path.write_text("\n".join(lines), "utf-8")
    table = read_any(path)
    assert table.grouped
    assert table.frame.columns == [
        *(f"{p} {f}" for p in ("Victim", "Suspect") for f in ("Name", "DOB", "Tel")),
        "Date",
    ]


def test_what_a_report_says_of_itself_groups_nothing() -> None:
    assert headings_line(["Unit:,North,,,", HEADINGS, *ROWS]).names is None


def test_a_row_of_totals_is_kept_and_told_of(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("\n".join([HEADINGS, *ROWS * 3, "Total: 6,,,,"]), "utf-8")
    table = read_any(path)
    assert (len(table.frame), table.hardly_filled) == (7, 1)
