"""The rows behind a number: the same for a page and for a file."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.caseload.selectors import OTHER, TIMES, Caseload, Late, Listed, Spent
from lamplighter.hub.cases import rules
from lamplighter.hub.cases.status.states import State
from lamplighter.hub.design.environment import long_date, long_time
from lamplighter.hub.my_work.presenters import span
from lamplighter.records.formats.formula_injection import neutralise_formulae

NOT_SEEN = "Nothing that you can see"
MISSING = "Missing, and its time is over"
Cell = str | dt.date
Column = tuple[str, Callable[[Any], Cell]]


@dataclass(frozen=True, slots=True)
class Table:
    """Titles of columns; of each row its cells, where it leads, and which case it is of."""

    columns: list[str]
    cells: list[list[Cell]]
    links: list[str]
    cases: list[int]

    def csv(self) -> bytes:
        """Return it as CSV: no cell of it can run as a formula."""
        text = io.BytesIO()
        cells = [[_in_a_file(cell) for cell in row] for row in self.cells]
        frame = pl.DataFrame(cells, schema=dict.fromkeys(self.columns, pl.String), orient="row")
        neutralise_formulae(frame).write_csv(text, include_bom=True)
        return text.getvalue()


def _in_a_file(cell: Cell) -> str:
    if isinstance(cell, dt.datetime):
        return f"{timezone.localtime(cell):%Y-%m-%d %H:%M}"
    return cell.isoformat() if isinstance(cell, dt.date) else cell


def on_a_page(cell: Cell) -> str:
    """Return a cell as people read it."""
    if isinstance(cell, dt.datetime):
        return long_time(cell)
    return long_date(cell) if isinstance(cell, dt.date) else cell


def _table(columns: Sequence[Column], rows: Sequence[Any], link: Callable[[Any], str]) -> Table:
    return Table(
        [title for title, _ in columns],
        [[told(row) for _, told in columns] for row in rows],
        [link(row) for row in rows],
        [row.pk for row in rows],
    )


def of_cases(rows: Sequence[Listed], found: Caseload) -> Table:
    """Return cases by their columns. Nobody of the two people is named."""
    columns: list[Column] = [
        ("Case", lambda c: c.reference),
        ("Status", lambda c: State(c.stage).label),
        ("Lead workers", lambda c: "; ".join(f"{x.name}, {x.agency_name}" for x in c.leads) or "None"),
    ]
    if found.holds_levels:
        columns.append(("Level of risk", lambda c: c.level_title or "Not assessed"))
    if found.holds_decisions:
        columns.append(("Decision on an order", lambda c: MISSING if c.undecided else "Not missing"))
    columns.append(("Referred", lambda c: timezone.localdate(c.opened_at)))
    for what, (_, title) in TIMES.items():
        if what != "assessment" or found.holds_levels:
            columns.append((f"Days to {title[0].lower()}{title[1:]}", _days(what)))
    columns.append(("Overdue tasks that you can see", lambda c: str(c.late)))
    return _table(columns, rows, lambda c: reverse("cases:case", args=[c.key]))


def _days(what: str) -> Callable[[Listed], str]:
    """Return whole days as a number; words where nothing is held that the reader may see."""

    def told(case: Listed) -> str:
        took = case.took(what)
        return NOT_SEEN if took is None else str(max(0, took.days))

    return told


def of_tasks(rows: Sequence[Late], found: Caseload) -> Table:
    """Return overdue tasks by their columns."""
    columns: list[Column] = [
        ("Task", lambda t: t.text),
        ("Case", lambda t: t.reference),
        ("Due", lambda t: t.due_at),
        ("Overdue by", lambda t: span(t.due_at - found.at).removeprefix("Overdue by ")),
        ("Assigned to", lambda t: t.name or "Nobody"),
        ("Agency", lambda t: t.agency_name),
    ]
    return _table(columns, rows, lambda t: reverse("clocks:clock", args=[t.key]))


def activity(code: str) -> str:
    """Return an activity in words."""
    return "Other" if code in ("", OTHER) else rules.title("activity", code)


def of_time(rows: Sequence[Spent]) -> Table:
    """Return entries of time by their columns."""
    columns: list[Column] = [
        ("Case", lambda s: s.reference),
        ("Day", lambda s: s.on),
        ("Minutes", lambda s: str(s.minutes)),
        ("Spent on", lambda s: activity(s.activity)),
        ("Role", lambda s: Role(s.role).label),
    ]
    return _table(columns, rows, lambda s: reverse("cases:case", args=[s.case_key]))
