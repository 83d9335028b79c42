"""Put on the agenda of a meeting what the orders ask for: those that end soon."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.meetings import rules as meetings
from lamplighter.hub.meetings.agenda.sources import EXPIRING, Look, Proposed
from lamplighter.hub.orders import presenters, rules, selectors
from lamplighter.hub.orders.models import Order
from lamplighter.hub.orders.selectors import State
from lamplighter.reporting.words import count, day


def ending(look: Look) -> list[Proposed]:
    """Orders in force whose last day is soon, with what is missing of each."""
    first = max(look.now, look.meeting.starts_at) if look.as_at is None else look.as_at
    within = meetings.days("expiring", rules.day_of(look.meeting.starts_at))
    today, last = rules.day_of(look.now), rules.day_of(first + within)
    soon = look.known(Order.objects.filter(last_day__range=(today, last)))
    of = selectors.of_cases(set(soon.values_list("case_id", flat=True)), look.as_at)
    why = f"Its last day is within {count(within.days, 'day')} of the meeting."
    found = []
    for case, standings in sorted(of.items()):
        for one in standings:
            ends = one.order.last_day
            if ends is None or not today <= ends <= last or one.state(today) != State.IN_FORCE:
                continue
            text = f"{day(ends)}: {presenters.kind(one.order.kind).lower()} ends"
            found.append(
                Proposed(
                    EXPIRING,
                    case,
                    text,
                    why,
                    rules.started(ends, dt.time(12)),
                    one.order.partition,
                )
            )
    return found


SOURCES = (ending,)
