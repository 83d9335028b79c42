"""Reading instruments of a case, as at any moment. The wall decides what is there."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import Http404

from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.selectors import Moment, known
from lamplighter.hub.instruments import library
from lamplighter.hub.instruments.models import Sheet, SheetAnswer, SheetEnd
from lamplighter.instruments.answers import Answer, State, Value
from lamplighter.instruments.definition import Definition, Item, Type
from lamplighter.instruments.path import Path, walk


@dataclass(frozen=True)
class Answered:
    """A sheet with what was answered on it. ``one``: its version, ``None`` where nobody has it any more."""

    sheet: Sheet
    end: SheetEnd | None
    one: Definition | None
    rows: Mapping[str, SheetAnswer] = field(default_factory=dict)
    corrected_by: uuid.UUID | None = None

    @property
    def is_draft(self) -> bool:
        return self.end is None

    @property
    def is_submitted(self) -> bool:
        return self.end is not None and self.end.how == SheetEnd.How.SUBMITTED

    @property
    def title(self) -> str:
        return self.one.title if self.one else self.sheet.instrument

    @property
    def answers(self) -> dict[str, Answer]:
        """Return the answers by item, those that are no longer asked for among them."""
        items = self.one.by_code if self.one else {}
        return {code: answer(row, items[code]) for code, row in self.rows.items() if code in items}

    @property
    def path(self) -> Path:
        """Return the path that the answers lead along now."""
        return walk(self.one, self.answers) if self.one else Path((), ())

    @property
    def asked(self) -> tuple[str, ...]:
        """Return the codes of what was asked: as it was submitted, or else as it stands."""
        if self.is_submitted and self.end is not None and isinstance(self.end.path, list):
            return tuple(str(code) for code in self.end.path)
        return self.path.codes


def answer(row: SheetAnswer, item: Item) -> Answer:
    """Return a row as the engine reads it."""
    cites = tuple(str(key) for key in row.cites) if isinstance(row.cites, list) else ()
    try:
        value = _value(row, item)
    except (TypeError, ValueError):
        value = None
    return Answer(State(row.state), value, row.words, cites)


def _value(row: SheetAnswer, item: Item) -> Value:
    if row.state != State.GIVEN:
        return None
    if item.type is Type.WORDS:
        return row.words
    if item.type is Type.DATE:
        return dt.date.fromisoformat(str(row.value))
    if item.type is Type.SEVERAL:
        return tuple(str(code) for code in row.value or ())
    return row.value if isinstance(row.value, str | int) else None


def sheets(case: Case, as_at: Moment = None) -> list[Answered]:
    """Return every sheet of a case that one may see, newest first, without those set aside."""
    rows = list(known(Sheet.objects.filter(case=case), as_at).select_related("by", "owner").order_by("-pk"))
    found = _answered(case, rows, as_at)
    return [one for one in found if one.end is None or one.is_submitted]


def submitted(case: Case, as_at: Moment = None) -> list[Answered]:
    """Return what was submitted on a case by a moment, newest first: for contexts that build on it.

    One that was corrected by then says by which (``corrected_by``).
    """
    return [one for one in sheets(case, as_at) if one.is_submitted]


def one(case: Case, key: uuid.UUID, as_at: Moment = None) -> Answered:
    """Return a sheet of the case, or "not found", said the same for one that never was."""
    rows = known(Sheet.objects.filter(case=case, key=key), as_at).select_related("by", "owner")
    for found in _answered(case, list(rows), as_at):
        return found
    raise Http404


def _answered(case: Case, rows: list[Sheet], as_at: Moment) -> list[Answered]:
    # As many questions whatever there is: nobody can tell from the time what is hidden.
    ends = {end.sheet_id: end for end in known(SheetEnd.objects.filter(case=case), as_at)}
    given: dict[int, dict[str, SheetAnswer]] = {}
    for row in known(SheetAnswer.objects.filter(case=case), as_at).order_by("pk"):
        given.setdefault(row.sheet_id, {})[row.item] = row
    corrected = {
        row.corrects_id: row.key
        for row in known(Sheet.objects.filter(case=case, corrects__isnull=False), as_at).order_by("pk")
        if row.pk in ends and ends[row.pk].how == SheetEnd.How.SUBMITTED
    }
    versions = library.pinned_ones((row.instrument, row.digest) for row in rows)
    return [
        Answered(
            row,
            ends.get(row.pk),
            versions.get((row.instrument, row.digest)),
            _that_count(given.get(row.pk, {}), ends.get(row.pk)),
            corrected.get(row.pk),
        )
        for row in rows
    ]


def _that_count(rows: dict[str, SheetAnswer], end: SheetEnd | None) -> dict[str, SheetAnswer]:
    """Return, of what is submitted, the answers that counted then, and no later one."""
    if end is None or not isinstance(end.counted, dict) or end.how != SheetEnd.How.SUBMITTED:
        return rows
    keys = set(end.counted.values())
    return {code: row for code, row in rows.items() if str(row.key) in keys}
