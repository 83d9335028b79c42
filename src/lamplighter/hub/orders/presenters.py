"""Prepare the pages of orders, as plain values."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter.hub.access import moment
from lamplighter.hub.cases import presenters as cases
from lamplighter.hub.cases.models import LegalStatus
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.design.environment import long_time
from lamplighter.hub.design.fields import clock as time_of
from lamplighter.hub.orders import decisions, rules
from lamplighter.hub.orders.models import Breach, Decision, Order, StalkingCheck, Step, Term
from lamplighter.hub.orders.policies import OVER
from lamplighter.hub.orders.selectors import Broken, Standing, State
from lamplighter.reporting.words import count, day

Moment = dt.datetime | None
SIDES = {"police": "Police only", "health": "Health and probation side only", "advocacy": "Advocacy only"}
by = cases.by


def today(as_at: Moment) -> dt.date:
    return rules.day_of(as_at or moment.now())


def kind(code: str) -> str:
    return rules.title("kind", code) if code else "An order or condition"


def lower(text: str) -> str:
    """Return a text that goes on after a colon."""
    return f"{text[:1].lower()}{text[1:]}"


def until(order: Order) -> str:
    """Return until when an order holds, in words; "" while nothing is made."""
    if order.open_ended:
        return "until a further order"
    return f"until {day(order.last_day)}" if order.last_day else ""


def bar_tags(standings: Sequence[Standing], on: dt.date) -> tuple[str, ...]:
    """Say how many orders are in force: their names would make the bar two lines. None says nothing."""
    found = sum(one.state(on) == State.IN_FORCE for one in standings)
    return (f"{count(found, 'order')} in force",) if found else ()


def line(one: Standing, on: dt.date) -> str:
    """Return an order in a line: how it stands, since and until when, and what is missing."""
    state, order = one.state(on), one.order
    told = str(state.label)
    if state in (State.IN_FORCE, State.TO_BEGIN):
        told = f"{told}, from {day(order.begins_on)} {until(order)}" if order.begins_on else told
        if one.served is None and rules.kind(order.kind, on).extra["applied_for"]:
            return f"{told}. No service is recorded: a breach may not count."
    elif last := one.decided():
        told = f"{told}: {last.get_what_display().lower()} on {day(last.on)}"
        if last.what not in OVER and order.last_day:
            told = f"{state.label} on {day(order.last_day)}"
    return f"{told}."


def term(row: Term) -> dict[str, Any]:
    ends = f"Until {day(row.last_day)}." if row.last_day else ""
    return {"what": row.get_what_display(), "words": row.words, "zone": row.zone, "ends": ends}


def when(on: dt.date | None, time: dt.time | None) -> str:
    if on is None:
        return "On a day that is not known"
    return f"{day(on)}, {time_of(time)}" if time else day(on)


def step(row: Step) -> dict[str, Any]:
    """One step: what, when, by whom, and what it makes due."""
    more = [row.by_whom, row.how, row.words]
    if row.notify_by:
        more.append(f"Name and home address are to be notified by the end of {day(row.notify_by)}")
    return {
        "what": row.get_what_display(),
        "on": when(row.on, row.time),
        "lines": [words for words in more if words],
        "by": by(row),
    }


def notifications(one: Standing, on: dt.date) -> list[str]:
    """Return each notification of name and address: received, late, or still to come."""
    found = []
    for asked, answer in one.notifications():
        due = asked.notify_by or on
        if answer is None:
            late = due < on
            words = "Not recorded as received, and overdue" if late else "To be received"
            found.append(f"{words}: by the end of {day(due)}")
        else:
            late = answer.on > due
            found.append(f"Received on {day(answer.on)}{', too late' if late else ''}: due by {day(due)}")
    return found


def task(row: Clock) -> dict[str, str]:
    return {"text": row.text, "due": long_time(row.due_at), "whose": _whose(row)}


def _whose(row: Clock) -> str:
    return row.assigned_to.display_name if row.assigned_to else row.owner.name


def order(
    one: Standing,
    on: dt.date,
    tasks: Mapping[uuid.UUID | None, Sequence[Clock]],
) -> dict[str, Any]:
    """One order as a page shows it."""
    row = one.order
    keys = [row.thread, *(step.key for step, _ in one.notifications())]
    rule = rules.kind(row.kind, on)
    return {
        "thread": row.thread,
        "key": row.key,
        "title": kind(row.kind),
        "state": one.state(on).label,
        "badge": {
            "text": one.state(on).label,
            "kind": "strong" if one.state(on) == State.IN_FORCE else "quiet",
        },
        "line": line(one, on),
        "route": row.get_route_display(),
        "court": row.court,
        "reference": row.reference,
        "side": SIDES.get(row.partition, ""),
        "terms": [term(t) for t in one.terms],
        "steps": [step(s) for s in reversed(one.steps)],
        "notifications": notifications(one, on),
        "tasks": [task(c) for key in keys for c in tasks.get(key, ())],
        "over": one.state(on) in (State.ENDED, State.NOT_MADE),
        "breach": rule.extra["breach"],
        "by": by(row),
        "at": row.at,
    }


def versions(one: Standing, terms: Mapping[int, Sequence[Term]]) -> list[dict[str, Any]]:
    """Return every version of an order, the newest first."""
    return [
        {
            "number": row.number,
            "title": kind(row.kind),
            "until": until(row),
            "why": row.why,
            "by": by(row),
            "at": row.at,
            "terms": [term(t) for t in terms.get(row.pk, ())],
        }
        for row in reversed(one.versions)
    ]


def decision(row: Decision | None, named: bool, tasks: Sequence[Clock]) -> dict[str, Any]:
    """Return how the decision on a stalking protection order stands."""
    if row is None:
        line = "Nobody has recorded whether a stalking protection order is applied for."
        if not named:
            line = "The suspect is not named yet. The decision is asked for once they are."
        due = next((task(c) for c in tasks), None)
        return {"line": line, "reason": "", "by": "", "missing": named, "due": due}
    ground = rules.title("ground", row.ground)
    told = f"{row.get_what_display()}{f': {lower(ground)}' if ground else ''}."
    when_ = day(rules.day_of(row.at))
    return {"line": told, "reason": row.reason, "by": f"{by(row)}, {when_}", "missing": False, "due": None}


def at_court(row: LegalStatus) -> dict[str, Any]:
    """One end of proceedings of which nobody has recorded whether an order was asked for."""
    return {
        "key": row.key,
        "line": f"{row.get_name_display()} on {day(row.since)}",
        "hint": decisions.at_the_end(row),
    }


def breach(
    one: Broken, terms: Mapping[uuid.UUID, Term], tasks: Mapping[uuid.UUID | None, Sequence[Clock]]
) -> dict[str, Any]:
    """One breach: what, when, who told of it, what was done."""
    row = one.breach
    checked = one.checks[-1] if one.checks else None
    title = kind(row.kind)
    return {
        "key": row.key,
        "title": title,
        "when": when(row.happened_on, row.time),
        "words": row.words,
        "report": row.report_key,
        "terms": [terms[key].words for key in row.terms if key in terms],
        "by": f"{by(row)}, {long_time(row.at)}" if row.by else f"From a report, {long_time(row.at)}",
        "answers": [
            {"what": a.get_what_display(), "words": a.words, "by": f"{by(a)}, {long_time(a.at)}"}
            for a in one.answers
        ],
        "check": _checked(checked) if checked else None,
        "answered": bool(one.answers),
        "same": one.same,
        "breach": rules.kind(row.kind, rules.day_of(row.at)).extra["breach"] if row.kind else "",
        "tasks": [task(c) for c in tasks.get(row.key, ())],
    }


def _checked(row: StalkingCheck) -> dict[str, str]:
    return {"found": row.get_found_display(), "words": row.words, "by": f"{by(row)}, {long_time(row.at)}"}


def breach_in_a_line(row: Breach) -> str:
    """Return a breach as whoever cites it says it: of what, when, and who recorded it."""
    return f"Breach: {kind(row.kind)}, {lower(when(row.happened_on, row.time))}, {row.owner.name}"


def order_in_a_line(row: Order) -> str:
    """Return a version of an order as whoever cites it says it: which, of which court, and its days."""
    begins = f"from {day(row.begins_on)}" if row.begins_on else ""
    told = ", ".join(x for x in (kind(row.kind), row.court, f"{begins} {until(row)}".strip()) if x)
    return f"Order: {told}"


def breach_line(one: Broken) -> str:
    """Return what is missing of a breach, in a line."""
    row: Breach = one.breach
    missing = [
        *(["nobody has recorded an arrest, or why not"] if not one.answers else []),
        *(["nobody has looked at it as stalking"] if not one.checks else []),
    ]
    when_ = when(row.happened_on, row.time)
    return f"{kind(row.kind)}, {when_}: {' and '.join(missing)}."
