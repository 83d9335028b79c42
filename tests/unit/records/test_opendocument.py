"""OpenDocument spreadsheets: what another library wrote is the same table; what would do harm is refused."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import resource
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from odfdo import Cell, Document, Row, Table

from lamplighter.records import errors, ingest
from lamplighter.records.errors import RecordsError
from lamplighter.records.formats.input_files import InputFile
from lamplighter.records.mapping.mappings import FileSpec
from lamplighter.records.workbook.package import is_workbook
from lamplighter.records.workbook.reading import read_sheet, size_of, tops
from tests.unit.records.making_workbooks import HEAD
from tests.unit.records.test_workbook import a_table

NS = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style")
)
MIME = "application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = f'{HEAD}<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">%s</m:manifest>'
SPEC = FileSpec(name="t", pattern="", columns=(), required=("A", "B"), encoding="utf-8", delimiter=",")
BILLION = '<!DOCTYPE x [<!ENTITY a "lots of it"><!ENTITY b "&a;&a;&a;&a;">]>'


def archive(path: Path, content: str | bytes, more: Mapping[str, str] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", MIME)
        made.writestr("META-INF/manifest.xml", MANIFEST % "")
        made.writestr("content.xml", content)
        for name, text in (more or {}).items():
            made.writestr(name, text)
    return path


def content(rows: str, before: str = "", sheets: str = "", styles: str = "") -> str:
    return (
        f"{HEAD}{before}<office:document-content{NS}><office:automatic-styles>{styles}</office:automatic-styles>"
        f'<office:body><office:spreadsheet>{sheets}<table:table table:name="One">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )


def cell(text: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"


TITLES = row(cell("A"), cell("B"))


def written(
    path: Path, rows: list[list[Any]], *, name: str = "Extract", titles: list[str] | None = None
) -> Path:
    """Write a table with a library that shares no code with the reader, under a cover sheet."""
    book = Document("spreadsheet")
    book.body.clear()
    cover = Table("Cover")
    cover.append_row(Row())
    cover.set_value((0, 0), "A cover, and no table")
    book.body.append(cover)
    sheet = Table(name)
    for line in ([titles] if titles else []) + rows:
        made = Row()
        for value in line:
            made.append_cell(Cell(value) if value not in (None, "") else Cell())
        sheet.append_row(made)
    book.body.append(sheet)
    book.save(path)
    return path


def texts(path: Path, sheet: str = "One", spec: FileSpec = SPEC) -> list[tuple[Any, ...]]:
    """The cells below the headings, with the numbers of their rows."""
    parts = list(read_sheet(InputFile(path, path.name, sheet), spec))
    return [r for part in parts for r in part.frame.drop("_extra").rows()]


def problems(path: Path, sheet: str = "One") -> list[str]:
    return [
        p for part in read_sheet(InputFile(path, path.name, sheet), SPEC) for p in part.findings["problem"]
    ]


def test_a_table_that_another_library_wrote_is_read_as_it_was(tmp_path: Path) -> None:
    rows = [
        ["text", 12, 1.5, dt.date(2019, 3, 31), dt.datetime(2019, 3, 31, 23, 5), True],
        ["", -3, 0, dt.date(1899, 12, 31), dt.datetime(2020, 2, 29, 0, 0), False],
        ["00123", 2**40, 1e-3, None, None, None],
    ]
    heads = ["A", "B", "C", "D", "E", "F"]
    path = written(tmp_path / "k.ods", rows, titles=heads)
    assert is_workbook(path)
    assert [top.sheet.name for top in tops(InputFile(path, "k.ods"))] == ["Cover", "Extract"]
    assert texts(path, "Extract") == [
        ("text", "12", "1.5", "2019-03-31", "2019-03-31T23:05:00", "TRUE", 2),
        ("", "-3", "0", "1899-12-31", "2020-02-29T00:00:00", "FALSE", 3),
        ("00123", str(2**40), "0.001", "", "", "", 4),
    ]
    assert size_of(InputFile(path, "k.ods", "Extract")) > 0


def test_an_extract_as_ods_is_the_extract_as_xlsx(tmp_path: Path) -> None:
    table = a_table({}, {"ROW_REF": "R0000009"}, {})
    path = written(tmp_path / "a.ods", table)
    bundle, _, counts = ingest.read_all(path, "force_a_rms", b"key")
    assert counts.balanced()
    assert bundle["reports"].height == len({line[0] for line in table[1:]})


def test_many_random_tables_are_read_as_written(tmp_path: Path) -> None:
    """Rows and cells that repeat are written once by the library, and come back as often as they were."""
    for seed in range(40):
        draw = random.Random(seed)
        width = draw.randint(2, 6)
        rows: list[list[Any]] = []
        for _ in range(draw.randint(1, 30)):
            line = [
                draw.choice(["", "x", "x", "1", draw.randint(-9, 9), draw.random()]) for _ in range(width)
            ]
            rows += [line] * draw.choice([1, 1, 1, 3])
        book = Document("spreadsheet")
        book.body.clear()
        sheet = Table("One")
        sheet.append_row(Row())
        sheet.set_row_values(0, ["A", "B", *(f"H{n}" for n in range(2, width))])
        at = 1
        while at <= len(rows):
            same = 1
            while at + same <= len(rows) and rows[at + same - 1] == rows[at - 1]:
                same += 1
            made = Row(repeated=same if same > 1 else None)
            for value in rows[at - 1]:
                made.append_cell(Cell(value) if value != "" else Cell())
            sheet.append_row(made)
            at += same
        book.body.append(sheet)
        path = tmp_path / "r.ods"
        path.unlink(missing_ok=True)
        book.save(path)

        def shown(value: Any) -> str:
            return repr(value) if isinstance(value, float) else str(value)

        expected = [
            (*map(shown, line), number)
            for number, line in enumerate(rows, start=2)
            if any(v != "" for v in line)
        ]
        assert texts(path) == expected, seed


def test_what_a_cell_holds_besides_its_text_is_not_read_as_its_text(tmp_path: Path) -> None:
    note = "<office:annotation><text:p>a comment</text:p></office:annotation>"
    inner = f'<table:table table:name="within">{row(cell("not this"))}</table:table>'
    first = (
        f'<table:table-cell office:value-type="string">{note}<text:p>a<text:s text:c="2"/>b</text:p><text:p>c'
    )
    first += f"</text:p>{inner}</table:table-cell>"
    wrong = '<table:table-cell table:formula="of:=1/0" office:value-type="string"><text:p>#DIV/0!</text:p>'
    wrong += "</table:table-cell>"
    path = archive(tmp_path / "x.ods", content(TITLES + row(first, cell("ok")) + row(cell("y"), wrong)))
    assert texts(path) == [("a  b\nc", "ok", 2), ("y", "", 3)]
    assert "cell_error" in problems(path)


def test_leading_zeros_lengths_of_time_and_dates_that_are_none(tmp_path: Path) -> None:
    zeros = '<table:table-cell office:value-type="float" office:value="42"><text:p>000042</text:p>'
    zeros += "</table:table-cell>"
    hours = (
        '<table:table-cell office:value-type="time" office:time-value="PT26H05M00S"><text:p>26:05</text:p>'
    )
    hours += "</table:table-cell>"
    odd = '<table:table-cell office:value-type="date" office:date-value="-4712-01-01"><text:p>?</text:p>'
    odd += "</table:table-cell>"
    path = archive(tmp_path / "x.ods", content(TITLES + row(zeros, hours) + row(odd, cell("z"))))
    assert texts(path) == [("000042", "26:05", 2), ("?", "z", 3)]
    assert "cell_no_date" in problems(path)


def test_merged_and_hidden_cells_are_told(tmp_path: Path) -> None:
    merged = cell("both", ' table:number-rows-spanned="2"')
    rows = (
        '<table:table-column/><table:table-column table:visibility="collapse"/>'
        + TITLES
        + row(merged, cell("1"))
        + row("<table:covered-table-cell/>", cell("2"), more=' table:visibility="filter"')
        + row(cell("after"), cell("3"))
    )
    path = archive(tmp_path / "x.ods", content(rows))
    assert texts(path) == [("both", "1", 2), ("both", "2", 3), ("after", "3", 4)]
    assert {"cells_merged", "rows_hidden", "columns_hidden"} <= set(problems(path))
    hide = '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/>'
    other = f'<table:table table:name="Old" table:style-name="h">{TITLES}</table:table>'
    path = archive(tmp_path / "h.ods", content(TITLES, sheets=other, styles=hide + "</style:style>"))
    assert [(t.sheet.name, t.sheet.hidden) for t in tops(InputFile(path, "h.ods"))] == [
        ("Old", True),
        ("One", False),
    ]


def test_a_million_empty_rows_below_the_table_are_nothing(tmp_path: Path) -> None:
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    below = row(empty, more=' table:number-rows-repeated="1048000"')
    path = archive(tmp_path / "x.ods", content(TITLES + row(cell("1"), cell("2")) + below))
    assert texts(path) == [("1", "2", 2)]


BOMBS = {
    "rows": row(cell("x"), cell("y"), more=' table:number-rows-repeated="999999999"'),
    "cells": row(cell("x", ' table:number-columns-repeated="99999"')),
    "both": row(
        cell("x", ' table:number-columns-repeated="16384"'), more=' table:number-rows-repeated="1048570"'
    ),
    "many": row(cell("x"), cell("y"), more=' table:number-rows-repeated="1000000"') * 11,
    "spaces": row(cell('<text:s text:c="999999999"/>'), cell("y")),
    "number": row(cell("x", ' table:number-columns-repeated="-5"'), cell("y")),
    "long": row(cell("x" * 1_000_001), cell("y")),
    "sheets": "</table:table>"
    + '<table:table table:name="s"></table:table>' * 501
    + '<table:table table:name="e">',
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_says_that_it_is_there_a_million_times_is_refused_before_it_is_written_out(
    tmp_path: Path, name: str
) -> None:
    path = archive(tmp_path / "bomb.ods", content(TITLES + BOMBS[name]))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(errors.NotThisFormat, match="far more than its cells") as told:
        texts(path)
    assert told.value.remedy
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_a_part_that_unpacks_to_far_too_much_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive(tmp_path / "bomb.ods", b"<x>" + b" " * (80 * 2**20))
    monkeypatch.setattr(
        "lamplighter.records.workbook.package.Package.pieces", lambda *_: pytest.fail("unpacked")
    )
    with pytest.raises(errors.NotThisFormat, match="far more than its cells"):
        texts(path)


def test_entities_are_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.ods", content(TITLES + row(cell("&b;"), cell("y")), before=BILLION))
    with pytest.raises(errors.NotThisFormat, match="document type or entities"):
        texts(path)


def test_a_password_another_kind_of_document_and_a_broken_file_are_refused_by_name(tmp_path: Path) -> None:
    locked = archive(tmp_path / "locked.ods", b"\x00\x01\x02", {})
    with zipfile.ZipFile(locked, "w") as made:
        made.writestr("mimetype", MIME)
        made.writestr("META-INF/manifest.xml", MANIFEST % "<m:file-entry><m:encryption-data/></m:file-entry>")
        made.writestr("content.xml", b"\x00\x01")
    with pytest.raises(errors.PasswordProtected, match="password"):
        texts(locked)
    text = archive(tmp_path / "text.ods", content("").replace("office:spreadsheet", "office:text"))
    with pytest.raises(errors.NotThisFormat, match="and no spreadsheet"):
        texts(text)
    with pytest.raises(errors.NotThisFormat, match="damaged"):
        texts(archive(tmp_path / "x.ods", content(TITLES)[:-40]))


def test_a_file_with_bytes_changed_is_read_or_refused_and_never_worse(tmp_path: Path) -> None:
    good = written(tmp_path / "g.ods", [["1", "2"], ["3", "4"]], name="One", titles=["A", "B"]).read_bytes()
    path = tmp_path / "f.ods"
    for seed in range(80):
        draw = random.Random(seed)
        data = bytearray(good)
        for _ in range(draw.choice([1, 4, 40])):
            data[draw.randrange(len(data))] = draw.randrange(256)
        path.write_bytes(data[: draw.choice([len(data), len(data), draw.randrange(len(data))])])
        with contextlib.suppress(RecordsError):
            if is_workbook(path):
                tops(InputFile(path, "f.ods"))
                texts(path)
