"""Read call logs as CSV or workbook, by the layouts of ``call_layouts.toml``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

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
from lamplighter.rule_files import reading

FORMAT, CHANNEL = "call_log", "phone"
ME = "Me"


@dataclass(frozen=True, slots=True)
class _Columns:
    """Places of the headings of a layout in one file; ``None`` where it has none such."""

    when: tuple[int, ...]
    other: int
    name: int | None
    direction: int | None
    duration: int | None


@cache
def layouts() -> dict[str, Any]:
    """Return the layouts and the words of ``call_layouts.toml``."""
    return reading.at(Path(__file__).with_name("call_layouts.toml"))


def columns(cells: Sequence[str]) -> _Columns | None:
    """Return the places of the headings, where these cells are the headings of a layout."""
    names = [c.strip().strip("\ufeff").casefold() for c in cells]
    for layout in layouts()["layout"]:
        needed = [
            *layout["when"],
            layout["other"],
            *filter(None, [layout.get("direction"), layout["duration"]]),
        ]
        if all(n in names for n in needed):
            return _Columns(
                tuple(names.index(n) for n in layout["when"]),
                names.index(layout["other"]),
                *(
                    names.index(layout[n]) if layout.get(n) and layout[n] in names else None
                    for n in ("name", "direction", "duration")
                ),
            )
    return None


def read(data: bytes, answers: Answers | None = None) -> Export:
    """Read a call log.

    Raises:
        ExportError: it is damaged, or its headings are of no layout that is known.
    """
    answers = answers or Answers()
    table = tables.read(data, columns)
    at = next((n for n, row in enumerate(table.rows[:30]) if columns(row.cells)), None)
    if at is None:
        raise ExportError(
            "The headings of this table are of no layout of call logs that the hub knows.",
            remedy="Copy the calls into the diary’s template, or ask for this layout to be added.",
        )
    where = columns(table.rows[at].cells)
    assert where is not None  # it was found just now
    parts = [Part(r.place, r.end, "It stands above the headings.", r.raw, OTHER) for r in table.rows[:at]]
    parts.append(Part(table.rows[at].place, table.rows[at].end, "The headings.", table.rows[at].raw, OTHER))
    dated: list[tuple[Row, Written, str]] = []
    for row in table.rows[at + 1 :]:
        if row.is_empty:
            parts.append(Part(row.place, row.end, "An empty row.", row.raw, BLANK))
            continue
        told = times.written(_cell(row, where.when[0]), row.place)
        if told is None:
            parts.append(Part(row.place, row.end, "Its date cannot be read.", row.raw))
            continue
        clock = _cell(row, where.when[1]) if len(where.when) > 1 else told[1]
        dated.append((row, told[0], clock))
    order = order_of([w for _, w, _ in dated], answers.order)
    entries = []
    for row, date, clock in dated:
        made = _entry(row, date, clock, where, order.order)
        if isinstance(made, Entry):
            entries.append(made)
        else:
            parts.append(made)
    return Export(FORMAT, CHANNEL, tuple(entries), tuple(parts),
                  closed(table.unit, table.total, entries, parts), order, table.notes)  # fmt: skip


def _cell(row: Row, number: int | None) -> str:
    return row.cells[number].strip() if number is not None and number < len(row.cells) else ""


def _entry(row: Row, date: Written, clock: str, where: _Columns, order: Order) -> Entry | Part:
    day = date_of(date, order)
    if day is None:
        return Part(row.place, row.end, "There is no such date.", row.raw)
    time = times.time_of(clock) if clock else None
    if clock and time is None:
        return Part(row.place, row.end, "Its time cannot be read.", row.raw)
    words: Mapping[str, list[str]] = layouts()["words"]
    said = _cell(row, where.direction).casefold()
    given, name = _cell(row, where.other), _cell(row, where.name)
    hidden = given.casefold() in words["hidden"]
    other = f"{name} ({given})" if name and not hidden else name or ("Number withheld" if hidden else given)
    seconds = times.seconds_of(_cell(row, where.duration))
    mine = True if said in words["made"] else False if said else None
    missed = any(w in said for w in (*words["missed"], *words["voicemail"])) or seconds == 0
    text = ("Missed call" if missed else "Call") + (f" to {other}" if mine else "")
    return Entry(
        row.place, row.end, dt.datetime.combine(day, time or dt.time()), ME if mine else other,
        Kind.MISSED_CALL if missed else Kind.CALL, text, row.raw, seconds=seconds, day_only=time is None,
        mine=mine, note=row.problem,
    )  # fmt: skip
