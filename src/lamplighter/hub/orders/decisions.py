"""The only writer of decisions on an order: soon after the suspect is named, and when proceedings end."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case, LegalStatus
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.law import selectors as law
from lamplighter.hub.orders import permissions, policies, rules, selectors
from lamplighter.hub.orders.models import Decision
from lamplighter.hub.orders.selectors import COURT_END, DECIDE, PURPOSE, who_acts
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

KIND = "order.decision"
PAGE = "orders:decide"
SWITCHES = {
    LegalStatus.Name.CONVICTED: "spo_on_conviction",
    LegalStatus.Name.ACQUITTED: "spo_on_acquittal",
}


@transaction.atomic
def decide(
    user: User,
    case: Case,
    occasion: str,
    what: str,
    reason: str,
    *,
    ground: str = "",
    of: LegalStatus | None = None,
    seen: str | None = None,
    at: dt.datetime | None = None,
) -> Decision:
    """Record whether an order is applied for, and why. The newest decision stands; none is ever changed.

    ``of``: the end of proceedings that it is about. ``seen`` is the key of the decision that the page showed.
    Raises ``NotPossibleError``, also for words that repeat the vault.
    """
    with cases._told(at):
        cases._hold(case)
        if not permissions.may_decide_orders(user):
            raise NotPossibleError("Police and coordinators decide on this. Ask the officer in the case.")
        today = rules.day_of(moment.now())
        policies.check_decision(occasion, what, ground, reason, rules.on("ground", today))
        at_court = occasion == Decision.Occasion.COURT_END
        if at_court and of is None:
            raise NotPossibleError("Choose which end of proceedings it is about.", "of")
        before = selectors.decision(case)
        if not at_court and seen is not None and str(before.key if before else "") != seen:
            raise ConflictError(newest=before)
        guarding.check(user, case, "shared", reason)
        made = Decision.objects.create(
            **owned(
                user,
                case,
                occasion=occasion,
                what=what,
                ground=ground,
                reason=reason.strip(),
                of_key=of.key if of else None,
            )
        )
        title = f"Order: {made.get_what_display()[0].lower()}{made.get_what_display()[1:]}"
        cases.enter(user, case, KIND, title[:200], body=made.reason, page="orders:page", of_key=made.key)
        with as_service(PURPOSE):
            rows = Clock.objects.filter(case=case, state=Clock.State.RUNNING)
            rows = rows.filter(kind=COURT_END, of_key=made.of_key) if at_court else rows.filter(kind=DECIDE)
            for clock in rows:
                clocks.end(user, clock, why=f"{made.get_what_display()}.")
        audit.record(
            user, "orders.decided", f"order_decision {made.key}", case=case, occasion=occasion, what=what
        )
    return made


def ask(user: User, case: Case) -> None:
    """Have it decided within its days, once the suspect is named. Asked again, it stays as it is."""
    with as_service(PURPOSE):
        running = Clock.objects.filter(case=case, kind=DECIDE, state=Clock.State.RUNNING)
        if running.exists() or not selectors.spo_decision_missing(case):
            return
        text, due = rules.limit("decision", moment.now())
        clocks.start(
            user,
            case,
            DECIDE,
            text,
            due_at=due,
            why="The suspect is named. Applied for or not: each case has a recorded decision. An order needs "
            "no charge.",
            owner=who_acts(case, user),
            page=PAGE,
        )


def ask_at_the_end(user: User | None, case: Case, row: LegalStatus) -> None:
    """Have it decided whether an order was asked for, now that somebody was convicted or acquitted."""
    with as_service(PURPOSE):
        if Clock.objects.filter(case=case, kind=COURT_END, of_key=row.key).exists():
            return
        owner = who_acts(case, user)
        if owner is None:
            return
        text, due = rules.limit("court_end", moment.now())
        clocks.start_for(
            owner,
            case,
            COURT_END,
            text,
            due_at=due,
            why=f"{row.get_name_display()}. {at_the_end(row)}",
            partition="shared",
            page=PAGE,
            of_key=row.key,
        )


def at_the_end(row: LegalStatus) -> str:
    """Say which orders there can be at this end of proceedings, by the law that the hub has signed."""
    restraining = "A court can make a restraining order on conviction or acquittal."
    if law.in_force(SWITCHES[LegalStatus.Name(row.name)], row.since):
        return f"{restraining} It can make a stalking protection order without an application too."
    return f"{restraining} For a stalking protection order the police apply."
