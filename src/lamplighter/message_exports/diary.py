"""The diary that a person fills in by hand: its template, and reading it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence

import xlsxwriter

from lamplighter.message_exports import tables, times
from lamplighter.message_exports.dates import Order, Written, date_of
from lamplighter.message_exports.shapes import (
    BLANK,
    OTHER,
    Answers,
    Entry,
    Export,
    ExportError,
    Kind,
    Part,
    closed,
    order_of,
)
from lamplighter.message_exports.tables import Row

FORMAT, CHANNEL = "diary", ""
HEADINGS = (
    "Date", "Time", "Not sure of the time", "What happened", "Where", "Who saw or heard it",
    "What there is to show it",
)  # fmt: skip
DATE, TIME, UNSURE, WHAT, WHERE, WHO, PROOF = range(len(HEADINGS))
HOW = (
    "One row for each thing that happened. Write the day first: 3/5/2026 or 3 May 2026. Leave the time empty "
    "if you do not know it, and write “yes” under “Not sure of the time” if you are not sure.",
    "Write only what happened. You need not fill in every column. Keep this file where nobody else can open "
    "it.",
)


def csv_template() -> bytes:
    """Return the empty template as CSV, in the form that spreadsheets open with its letters right."""
    text = io.StringIO()
    csv.writer(text).writerow(HEADINGS)
    return text.getvalue().encode("utf-8-sig")


def workbook_template() -> bytes:
    """Return the empty template as a workbook; the dates are cells of text, so that nothing changes them."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    book.set_properties({"title": "Diary", "author": "", "comments": ""})
    sheet, how = book.add_worksheet("Diary"), book.add_worksheet("How to fill it in")
    bold, text = (
        book.add_format({"bold": True, "text_wrap": True}),
        book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
    )
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(0, column, heading, bold)
        sheet.set_column(column, column, 50 if column == WHAT else 20, text)
    sheet.freeze_panes(1, 0)
    for number, line in enumerate(HOW):
        how.write_string(number, 0, line)
    book.close()
    return held.getvalue()


def is_headings(cells: Sequence[str]) -> bool:
    """Tell whether these cells are the headings of the template, in their order or in another."""
    names = {c.strip().strip("\ufeff").casefold() for c in cells}
    return {HEADINGS[DATE].casefold(), HEADINGS[WHAT].casefold()} <= names


def read(data: bytes, answers: Answers | None = None) -> Export:
    """Read a diary.

    Raises:
        ExportError: it is damaged, or has not the headings of the template.
    """
    answers = answers or Answers()
    table = tables.read(data, is_headings)
    at = next((n for n, row in enumerate(table.rows[:30]) if is_headings(row.cells)), None)
    if at is None:
        raise ExportError(
            "This table has not the headings of the diary.",
            remedy="Use the template of the diary: its headings must be “Date” and “What happened” at least.",
        )
    names = [c.strip().strip("\ufeff").casefold() for c in table.rows[at].cells]
    where = [names.index(h.casefold()) if h.casefold() in names else -1 for h in HEADINGS]
    parts = [Part(r.place, r.end, "It stands above the headings.", r.raw, OTHER) for r in table.rows[:at]]
    parts.append(Part(table.rows[at].place, table.rows[at].end, "The headings.", table.rows[at].raw, OTHER))
    dated: list[tuple[Row, Written | None]] = []
    for row in table.rows[at + 1 :]:
        if row.is_empty:
            parts.append(Part(row.place, row.end, "An empty row.", row.raw, BLANK))
        else:
            told = times.written(_cell(row, where[DATE]), row.place)
            dated.append((row, told[0] if told else None))
    order = order_of([w for _, w in dated if w], answers.order)
    entries = [_entry(row, written, where, order.order) for row, written in dated]
    return Export(FORMAT, CHANNEL, tuple(entries), tuple(parts),
                  closed(table.unit, table.total, entries, parts), order, table.notes)  # fmt: skip


def _cell(row: Row, number: int) -> str:
    return row.cells[number].strip() if 0 <= number < len(row.cells) else ""


def _entry(row: Row, written: Written | None, where: Sequence[int], order: Order) -> Entry:
    """Read one row. What she wrote is kept where its date or time cannot be read: it is then said."""
    day = date_of(written, order) if written else None
    given = _cell(row, where[DATE])
    clock = _cell(row, where[TIME]) or (times.written(given, row.place) or (None, ""))[1]
    time = times.time_of(clock) if clock else None
    unsure = _cell(row, where[UNSURE]).casefold() in {
        "yes",
        "y",
        "x",
        "true",
        "1",
        "ja",
        "not sure",
        "unsure",
    }
    notes = [row.problem]
    if day is None:
        notes.append("Its date cannot be read." if given else "It has no date.")
    if clock and time is None:
        notes.append("Its time cannot be read.")
    said = [_cell(row, where[WHAT])]
    if day is None and given:
        said.append(f"Date as written: {given}")
    if clock and (time is None or unsure):
        said.append(f"Time as written: {clock}" + (", not sure" if unsure else ""))
    for heading in (WHERE, WHO, PROOF):
        if cell := _cell(row, where[heading]):
            said.append(f"{HEADINGS[heading]}: {cell}")
    more = [c.strip() for n, c in enumerate(row.cells) if n not in where and c.strip()]
    if more:
        said.append(f"In other columns: {' | '.join(more)}")
    exact = time is not None and not unsure
    when = dt.datetime.combine(day, (time if exact else None) or dt.time()) if day else None
    return Entry(
        row.place, row.end, when, "",
        Kind.DIARY, "\n".join(s for s in said if s), row.raw, day_only=not exact, mine=True,
        note=" ".join(n for n in notes if n),
    )  # fmt: skip
