"""Reading the lines of enquiry of a case, as at any moment. The wall decides which there are."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.http import Http404

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.selectors import Moment, known
from lamplighter.hub.enquiries import days, rules
from lamplighter.hub.enquiries.models import RESOLVED, Call, Line, LineState
from lamplighter.reporting.words import day


@dataclass(frozen=True, slots=True)
class Standing:
    """A line with what calls for it and all its states, the oldest first."""

    row: Line
    calls: tuple[Call, ...]
    states: tuple[LineState, ...]

    @property
    def newest(self) -> LineState | None:
        return self.states[-1] if self.states else None

    @property
    def state(self) -> str:
        return self.newest.state if self.newest else LineState.State.OPEN

    @property
    def resolved(self) -> bool:
        return self.state in RESOLVED

    @property
    def doer(self) -> User | None:
        return self.newest.doer if self.newest else None

    @property
    def doer_id(self) -> int | None:
        return self.newest.doer_id if self.newest else None

    @property
    def seen(self) -> str:
        """The key of the state that stands, "" where nobody has recorded one: what a form carries."""
        return str(self.newest.key) if self.newest else ""

    def held(self, today: dt.date) -> days.Held:
        """Return what others still hold of the acts that call for it."""
        rule = rules.line(self.row.kind, today) if self.row.kind else None
        kept = rule.extra.get("kept_days") if rule else None
        return days.held({(c.report_key, c.act_on): c.act_on for c in self.calls}.values(), kept, today)

    def due_on(self, today: dt.date) -> dt.date:
        """Return by which day it is done: as planned, or before the first of it is lost."""
        planned = self.newest.due_on if self.newest else self.row.due_on
        # What has been asked for is kept by whoever was asked: it waits for the answer.
        if self.state == LineState.State.REQUESTED:
            return planned
        return days.due(planned, self.held(today))

    def why_now(self, today: dt.date) -> str:
        """Say why it is a task: the day, and what is lost."""
        held = self.held(today)
        if held.next_on and self.state != LineState.State.REQUESTED:
            return f"What it asks for may be lost after {day(held.next_on)}."
        if held.gone and not held.next_on:
            return "It may be gone. Ask all the same."
        return f"It is to be done by {day(self.due_on(today))}."


def title(line: Line, on: dt.date) -> str:
    """Return what a line is called."""
    if line.title:
        return line.title
    rule = rules.line(line.kind, on)
    return rule.title if rule else line.kind


def lines(case: Case, as_at: Moment = None) -> list[Standing]:
    """Return the lines of a case that one may read, in the order in which they appeared. Three questions."""
    rows = list(
        known(Line.objects.filter(case=case), as_at).select_related("owner", "by").order_by("at", "pk")
    )
    calls: dict[int, list[Call]] = defaultdict(list)
    for call in known(Call.objects.filter(case=case), as_at).order_by("at", "pk"):
        calls[call.line_id].append(call)
    states: dict[int, list[LineState]] = defaultdict(list)
    found = known(LineState.objects.filter(case=case), as_at).select_related("by", "owner", "doer__agency")
    for state in found.order_by("at", "pk"):
        states[state.line_id].append(state)
    return [Standing(row, tuple(calls[row.pk]), tuple(states[row.pk])) for row in rows]


def line(case: Case, key: uuid.UUID, as_at: Moment = None) -> Standing:
    """Return one line, or "not found", said the same for one that never was."""
    found = next((one for one in lines(case, as_at) if one.row.key == key), None)
    if found is None:
        raise Http404
    return found
