"""The tables of a report as an OpenDocument spreadsheet that follows the accessible spreadsheet guidance.

A cover sheet, a list of contents, notes on the marks, then one table a sheet
starting in A1 with its title, its basis and its notes above a single header
row: no merged cells, no colour that means something, no empty rows in a table
(Analysis Function, "Releasing statistics in spreadsheets").
"""

from __future__ import annotations

import io
import re
import zipfile

from odfdo import Cell, Document, Element, Row
from odfdo import Table as Sheet

from lamplighter.reporting.document import MARKS, Column, Mark, Report, Table, Value

#: Inside a zip file a time is kept whether anybody wants it or not; this one says nothing.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_LONGEST_NAME = 31  # characters; what spreadsheet programs allow


def ods_book(report: Report) -> bytes:
    """Return the spreadsheet's bytes; the same report gives the same bytes."""
    book = Document("spreadsheet")
    book.body.clear()
    names = _sheet_names(report)
    book.body.append(_cover(report))
    book.body.append(_contents(report, names))
    book.body.append(_marks())
    for table in report.tables():
        book.body.append(_sheet(table, names[table.key]))
    _say_who_made_it(book, report)
    out = io.BytesIO()
    book.save(out)
    return _without_times(out.getvalue())


def _sheet_names(report: Report) -> dict[str, str]:
    return {
        table.key: f"{place}_{re.sub(r'[^A-Za-z0-9_]', '_', table.key)}"[:_LONGEST_NAME]
        for place, table in enumerate(report.tables(), start=1)
    }


def _cover(report: Report) -> Sheet:
    lines = [report.title, report.subtitle, report.standing]
    lines += [f"{name}: {value}" for name, value in report.facts]
    lines += list(report.warnings)
    return _of_lines("Cover", lines)


def _contents(report: Report, names: dict[str, str]) -> Sheet:
    sheet = _of_lines("Contents", ["Contents: this sheet holds one table of the sheets that follow"])
    sheet.append_row(_row(["Sheet", "Table"]))
    for table in report.tables():
        sheet.append_row(_row([names[table.key], table.title]))
    return sheet


def _marks() -> Sheet:
    sheet = _of_lines("Marks", ["Marks that stand in a cell without a number"])
    sheet.append_row(_row(["Mark", "What it means"]))
    for mark in MARKS:
        sheet.append_row(_row([mark.sign, mark.means]))
    return sheet


def _sheet(table: Table, name: str) -> Sheet:
    sheet = _of_lines(name, [table.title, *([table.basis] if table.basis else []), *table.notes])
    sheet.append_row(_row([_heading(column) for column in table.columns]))
    for row in table.rows:
        made = Row()
        for column, value in zip(table.columns, row, strict=True):
            made.append_cell(_cell(column, value))
        sheet.append_row(made)
    return sheet


def _heading(column: Column) -> str:
    return f"{column.title} (%)" if column.kind == "percent" and "%" not in column.title else column.title


def _cell(column: Column, value: Value) -> Cell:
    if isinstance(value, str | Mark):
        return Cell(value=str(value), cell_type="string")
    # The value is what is shown, not more of it: digits that were rounded away would give away what they hid.
    plain = column.plain(value)
    return Cell(
        value=float(plain) if "." in plain else int(plain), text=column.shown(value), cell_type="float"
    )


def _of_lines(name: str, lines: list[str]) -> Sheet:
    sheet = Sheet(name)
    for line in lines:
        sheet.append_row(_row([line]))
    return sheet


def _row(values: list[str]) -> Row:
    made = Row()
    for value in values:
        made.append_cell(Cell(value=value, cell_type="string"))
    return made


def _say_who_made_it(book: Document, report: Report) -> None:
    """The title only: no person, no machine and no time of day in the metadata."""
    meta = book.meta
    for child in list(meta.get_meta_body().children):
        meta.get_meta_body().delete(child)
    title = Element.from_tag("dc:title")
    title.text = report.title
    meta.get_meta_body().append(title)


def _without_times(packed: bytes) -> bytes:
    """Return the same archive in a fixed order and without times; ``mimetype`` first and stored, as ODF
    asks.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as before, zipfile.ZipFile(out, "w") as after:
        wanted = [name for name in before.namelist() if not name.startswith(_OF_THE_TEMPLATE)]
        names = sorted(wanted, key=lambda name: (name != "mimetype", name))
        for name in names:
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            content = before.read(name)
            if name == "meta.xml":
                content = _TIMES.sub(b"", content)
            if name == "META-INF/manifest.xml":
                content = _ENTRIES.sub(b"", content)
            after.writestr(entry, content)
    return out.getvalue()


#: Toolbars and a thumbnail of the empty template: nothing of the report is in them.
_OF_THE_TEMPLATE = ("Configurations2/", "Thumbnails/")
_ENTRIES = re.compile(rb'<manifest:file-entry[^>]*manifest:full-path="(?:Configurations2|Thumbnails)/[^>]*/>')
_TIMES = re.compile(rb"<(dc:date|meta:creation-date|meta:editing-duration)>[^<]*</\1>")
