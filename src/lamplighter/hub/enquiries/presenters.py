"""Prepare the pages of lines of enquiry, as plain values."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter.courses.summaries import labels
from lamplighter.hub.access import moment
from lamplighter.hub.arrivals import presenters as arrivals
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.cases import presenters as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.selectors import Moment
from lamplighter.hub.enquiries import rules, selectors
from lamplighter.hub.enquiries.models import LineState
from lamplighter.hub.enquiries.selectors import Standing
from lamplighter.hub.site.config_files.dated import Rule
from lamplighter.reporting.words import count, day, listed
from lamplighter.vocabulary.codes import code_set

State = LineState.State
SIDES = {
    "police": "Police only",
    "advocacy": "Advocacy only",
    "warning": "Coordinators, police and advocates",
}
GONE = "of which it may be gone: ask all the same"
by = cases.by


def incidents(case: Case, lines: Sequence[Standing]) -> dict[uuid.UUID, CaseReport]:
    """Return the incidents that call for these lines, as the case shows them now or showed them last."""
    keys = {call.report_key for line in lines for call in line.calls}
    rows = CaseReport.objects.filter(case=case, report_key__in=keys).order_by("at", "pk")
    return {row.report_key: row for row in rows}


def one(line: Standing, shown: Mapping[uuid.UUID, CaseReport], as_at: Moment = None) -> dict[str, Any]:
    """Return everything that a page says of a line."""
    today = rules.day_of(as_at or moment.now())
    rule = rules.line(line.row.kind, today) if line.row.kind else None
    due_on = line.due_on(today)
    late = not line.resolved and due_on < today
    return {
        "key": line.row.key,
        "title": selectors.title(line.row, today),
        "state": State(line.state).label,
        "badge": _badge(line, late),
        "words": line.newest.words if line.newest else "",
        "by": by(line.newest) if line.newest else "",
        "doer": line.doer.display_name if line.doer else "Nobody yet",
        "owner": line.row.owner.name,
        "side": SIDES.get(line.row.partition, ""),
        "ask": str(rule.extra["ask"]) if rule else "",
        "lost": _lost(line, today, str(rule.extra["lost"]) if rule else ""),
        "due": f"Overdue by {count((today - due_on).days, 'day')}" if late else f"By {day(due_on)}",
        "late": late,
        "resolved": line.resolved,
        "why": _why(line, shown),
        "rule": _rule(rule) if rule else "",
        "hand": line.row.why,
        "history": [
            {"state": State(s.state).label, "words": s.words, "by": by(s), "at": s.at, "doer": s.doer}
            for s in reversed(line.states)
        ],
    }


def _rule(rule: Rule) -> str:
    return f"{rule.source} (in force from {day(rule.valid_from)})" if rule.valid_from else rule.source


def _badge(line: Standing, late: bool) -> dict[str, str]:
    kind = "quiet" if line.resolved else "alarm" if late else "strong"
    return {"text": "Overdue" if late else State(line.state).label, "kind": kind}


def _lost(line: Standing, today: dt.date, words: str) -> str:
    """Say what is lost by waiting, and on which day."""
    if line.resolved or line.state == State.REQUESTED:
        return ""
    held = line.held(today)
    told = []
    if held.next_on and held.last_on:
        more = f", and the last after {day(held.last_on)}" if held.last_on > held.next_on else ""
        told.append(f"The first may be lost after {day(held.next_on)}{more}.")
    if held.gone:
        told.append(f"Of {count(held.gone, 'day')} with an act it may be gone: ask all the same.")
    return " ".join([words, *told])


def _why(line: Standing, shown: Mapping[uuid.UUID, CaseReport]) -> list[str]:
    """Say which incident calls for it, and by which act."""
    acts: dict[uuid.UUID, list[str]] = {}
    for call in line.calls:
        acts.setdefault(call.report_key, []).append(call.act)
    found = []
    for key, done in acts.items():
        row = shown.get(key)
        known = sorted(act for act in done if act in code_set("behaviours").codes)
        told = labels.acts(known) if known else "an act of another kind"
        if row is None:
            found.append(f"An incident that is no longer on this case: {told}")
            continue
        ended = " (no longer on this case)" if row.ended_at else ""
        found.append(f"{arrivals._upper(arrivals._in_short(row))}{ended}: {told}")
    return found


def summary(lines: Sequence[Standing], today: dt.date) -> str:
    """Return in a sentence how many lines are open, and how many are late."""
    open_now = [line for line in lines if not line.resolved]
    if not lines:
        return "No incident that you can see calls for a line of enquiry."
    if not open_now:
        return "Every line that you can see has an outcome or a reason."
    late = [line for line in open_now if line.due_on(today) < today]
    nobody = [line for line in open_now if line.doer_id is None]
    parts = [count(len(open_now), "line") + " open"]
    parts += [f"{len(late)} overdue"] if late else []
    parts += [f"{len(nobody)} without an owner"] if nobody else []
    return f"{listed(parts, 'and')}."
