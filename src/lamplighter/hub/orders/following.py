"""Act on what other contexts record: a case opens, the suspect is named, proceedings end, a breach."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.cases import hooks
from lamplighter.hub.cases.hooks import Event
from lamplighter.hub.cases.models import Case, LegalStatus
from lamplighter.hub.cases.status.states import MOVES, OVER
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.orders import breaches, decisions, rules, selectors
from lamplighter.hub.orders.models import Breach, Order, Step
from lamplighter.hub.orders.selectors import ENDING, PURPOSE, State, who_acts
from lamplighter.hub.site.config_files.dated import Rule
from lamplighter.reporting.words import day

WORKED_ON = tuple(f"status.{state}" for state in MOVES if state not in OVER)
COURT_ENDS = tuple(f"legal.{name}" for name in selectors.ENDED_MATTER)


def case_opened(case: Case) -> None:
    """Ask for the decision on an order where the referral names the suspect."""
    if case.by is not None:
        decisions.ask(case.by, case)


def people_changed(user: User, case: Case) -> None:
    """Ask for it once somebody says who the suspect is."""
    decisions.ask(user, case)


def happened(user: User | None, event: Event) -> None:
    """Take what another context recorded. A breach of this one's own is told of already."""
    if event.name == "breach":
        _breach(event)
    elif event.name in COURT_ENDS and event.of_key is not None:
        row = LegalStatus.objects.filter(case=event.case, key=event.of_key).first()
        if row is not None:
            decisions.ask_at_the_end(user, event.case, row)
    elif event.name in WORKED_ON and user is not None:
        decisions.ask(user, event.case)


def _breach(event: Event) -> None:
    if event.of_key is None:
        return
    with as_service(PURPOSE):
        if Breach.objects.filter(case=event.case, key=event.of_key).exists():
            return
        rows = CaseReport.objects.filter(case=event.case, report_key=event.of_key, ended_at=None)
        report = rows.first()
        if report is not None:
            breaches.from_report(event.case, report)


@transaction.atomic
def find_ending() -> int:
    """As the service: ask what follows the orders that end soon. Returns how many were asked about.

    Each warning of an order is given once; the sooner one takes the place of the one before. Where somebody
    has said, after the warning began, that nothing follows, nobody is asked again.
    """
    today = rules.day_of(moment.now())
    longest = max((r.extra["before_days"] for r in rules.on("warning", today).values()), default=0)
    soon = Order.objects.filter(last_day__range=(today, today + dt.timedelta(days=longest)))
    asked = 0
    by_case = selectors.of_cases(set(soon.values_list("case_id", flat=True)))
    for standings in by_case.values():
        for one in standings:
            last = one.order.last_day
            if last is None or one.state(today) not in (State.IN_FORCE, State.TO_BEGIN):
                continue
            rule = rules.warning(last, today)
            if rule is None or any(s.what == Step.What.LET_END for s in one.steps):
                continue
            asked += _ask(one, rule, last, today)
    return asked


def _ask(one: selectors.Standing, rule: Rule, last: dt.date, today: dt.date) -> int:
    """Ask about one order, unless this warning of it was given."""
    order = one.order
    case = order.case
    began = rules.started(last - dt.timedelta(days=rule.extra["before_days"]), None)
    given = Clock.objects.filter(case=case, kind=ENDING, of_key=order.thread, starts_at__gte=began)
    if given.exists():
        return 0
    before = Clock.objects.filter(case=case, kind=ENDING, of_key=order.thread, state=Clock.State.RUNNING)
    before.update(state=Clock.State.CANCELLED, ended_at=moment.now(), ended_why="It is due sooner now.")
    shared = order.partition in {"shared", "police"}
    owner = (who_acts(case, None) if shared else None) or order.owner
    clock = clocks.start_for(
        owner,
        case,
        ENDING,
        rule.title,
        due_at=rules.decide_by(rule, last, today),
        why=f"{rules.title('kind', order.kind)}: its last day is {day(last)}.",
        partition=order.partition,
        page="orders:order",
        of_key=order.thread,
    )
    if rule.extra["triggers"]:
        hooks.happened(None, Event(case, "order.ending", last, clock.key, order.partition))
    return 1
