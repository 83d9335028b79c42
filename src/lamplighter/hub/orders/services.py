"""The only writers of orders: record one, change it, and record what happened with it.

A change is a new version; a step is a row with its day. What follows goes on the lists of those who do it in
the same transaction: serving the order, the notification of name and address, telling the victim.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Max

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import hooks
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.orders import policies, rules, selectors
from lamplighter.hub.orders.models import Order, Step, Term
from lamplighter.hub.orders.policies import Draft
from lamplighter.hub.orders.selectors import ENDING, NOTIFY, PURPOSE, SERVE, ZONE, Standing, who_acts
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.hub.victim_side.services import updates
from lamplighter.reporting.words import day
from lamplighter.vocabulary import working_days

KIND = "order"
ONE = "orders:order"
What = Step.What
# What the victim has a right to hear, by step: the kind of event of the Victims' Code.
TELLS = {
    What.HEARING: "hearing_listed",
    What.DISCHARGED: "order",
    What.APPEAL_WON: "order",
    What.APPEAL_LOST: "order",
}


def give(
    user: User,
    case: Case,
    kind: str,
    text: str,
    due_at: dt.datetime,
    why: str,
    order: Order,
    *,
    of_key: uuid.UUID | None = None,
    page: str = ONE,
    starts_at: dt.datetime | None = None,
) -> None:
    """Start a task about an order, on the side on which the order is known."""
    shared = order.partition in {"shared", "police"}
    with as_service(PURPOSE):
        clocks.start(
            user,
            case,
            kind,
            text,
            due_at=due_at,
            why=why,
            partition=order.partition,
            owner=who_acts(case, user) if shared else user.agency,
            page=page,
            of_key=of_key or order.thread,
            starts_at=starts_at,
        )


def _end(user: User, case: Case, kinds: tuple[str, ...], key: uuid.UUID, why: str, *, done: bool) -> None:
    state = Clock.State.DONE if done else Clock.State.CANCELLED
    with as_service(PURPOSE):
        for clock in Clock.objects.filter(case=case, kind__in=kinds, of_key=key, state=Clock.State.RUNNING):
            clocks.end(user, clock, why=why, state=state)


def sides(user: User) -> list[str]:
    """Return the sides on which this person can record an order, everybody's first."""
    return sorted(form_readers.of(user), key=lambda side: side != "shared")


def _check_side(user: User, side: str) -> None:
    if side not in sides(user):
        raise NotPossibleError("Choose who may read the order.", "side")


@transaction.atomic
def record(
    user: User, case: Case, draft: Draft, *, side: str = "shared", at: dt.datetime | None = None
) -> Order:
    """Record an order with its terms: one that is prepared or applied for, or one that was made.

    Raises ``NotPossibleError``, also for words that repeat the vault.
    """
    with cases._told(at):
        cases._hold(case)
        _check_side(user, side)
        today = rules.day_of(moment.now())
        _check(case, draft, today)
        guarding.check(user, case, side, *draft.words())
        made = _version(user, case, draft, side, thread=uuid.uuid4(), number=1)
        if draft.applied_on:
            _step(user, made, What.APPLIED, draft.applied_on)
        title = "applied for" if draft.applied_on else "being prepared"
        if draft.made_on:
            title = "made"
            _was_made(user, case, made, draft)
        _enter(user, case, made, title, draft.made_on or draft.applied_on or today)
        audit.record(
            user, "orders.recorded", f"order {made.thread}", case=case, partition=side, kind=made.kind
        )
    return made


def _check(case: Case, draft: Draft, today: dt.date) -> None:
    if draft.kind not in rules.on("kind", today):
        raise NotPossibleError("Choose the kind of order from the list.", "kind")
    rule = rules.kind(draft.kind, today)
    policies.check_draft(draft, rule, selectors.available(rule, case, today), today)


def _version(
    user: User, case: Case, draft: Draft, side: str, *, thread: uuid.UUID, number: int, why: str = ""
) -> Order:
    # Of a zone that an order named before, somebody was asked already.
    known = {"", *Term.objects.filter(case=case).exclude(zone="").values_list("zone", flat=True)}
    row = {name: getattr(draft, name) for name in ("kind", "route", "begins_on", "last_day", "open_ended")}
    row |= {"court": draft.court.strip(), "reference": draft.reference.strip(), "why": why.strip()}
    made = Order.objects.create(**owned(user, case, partition=side, thread=thread, number=number, **row))
    for place, term in enumerate(draft.terms, 1):
        Term.objects.create(
            **owned(
                user,
                case,
                partition=side,
                order=made,
                number=place,
                what=term.what,
                words=term.words.strip(),
                zone=term.zone,
                last_day=term.last_day,
            )
        )
    if {term.zone for term in draft.terms} - known:
        _ask_zone(user, case, made)
    return made


def _ask_zone(user: User, case: Case, order: Order) -> None:
    """Have somebody who writes in the vault write down where a zone is, on the side that knows of the order.

    That is a force; of an order on the advocates' side, or without a force, the advocate. Nobody on the
    suspect's side is asked, for they never learn it.
    """
    with as_service(PURPOSE):
        if Clock.objects.filter(case=case, kind=ZONE, of_key=order.thread, state="running").exists():
            return
        wanted = {"shared": ("police", "advocacy"), "police": ("police",), "advocacy": ("advocacy",)}
        for kind in wanted.get(order.partition, ()):
            owner = who_acts(case, user, kind)
            if owner is None or owner.kind != kind:
                continue
            text, due = rules.limit("zone", moment.now())
            clocks.start(
                user,
                case,
                ZONE,
                text,
                due_at=due,
                why="An order speaks of a zone. Its place is kept in the vault, and nowhere else.",
                partition=kind,
                owner=owner,
                page="orders:zones",
                of_key=order.thread,
            )
            return


def _step(user: User, order: Order, what: str, on: dt.date, **rest: Any) -> Step:
    return Step.objects.create(
        **owned(
            user,
            order.case,
            partition=order.partition,
            order=order,
            thread=order.thread,
            what=what,
            on=on,
            **rest,
        )
    )


def _was_made(user: User, case: Case, order: Order, draft: Draft, *, notifies: bool = True) -> None:
    """The order was made: it is served, name and address are notified, the victim is told.

    ``notifies``: of a full order after an interim one, and of a change, nothing is notified anew.
    """
    on = draft.made_on
    if on is None:
        return
    rule = rules.kind(order.kind, on)
    from_then = notifies and rule.extra.get("notify_from") == "made"
    notify = rules.notify_by(rule, on) if from_then else None
    made = _step(user, order, What.MADE, on, time=draft.made_at, notify_by=notify)
    if rule.extra["applied_for"]:
        text, _ = rules.limit("service", moment.now())
        _, due = rules.limit("service", rules.started(on, draft.made_at))
        why = f"It was made or changed on {day(on)}. Until it is served, a breach may not count."
        give(user, case, SERVE, text, due, why, order)
    if notify:
        _notify(user, case, order, made)
    bail = rule.extra.get("bail")
    _tell_victim(user, case, order, "bail_changed" if bail else "order", on)
    if bail:
        _happened(user, case, order, "order.bail_changed", on, made)


def _notify(user: User, case: Case, order: Order, step: Step) -> None:
    give(
        user,
        case,
        NOTIFY,
        "Check that name and home address were notified",
        working_days.last_second(step.notify_by) if step.notify_by else moment.now(),
        "The person must notify all names used and the home address within the days of the order. Where they "
        "did not, that is an offence: record it as a breach.",
        order,
        of_key=step.key,
        page="orders:page",
    )


def _tell_victim(user: User, case: Case, order: Order, kind: str, on: dt.date) -> None:
    """Enter what the victim has a right to hear, where it is known to more than one side."""
    if order.partition == "shared" and on <= rules.day_of(moment.now()):
        updates.enter_event(user, case, kind, on)


def _happened(user: User, case: Case, order: Order, name: str, on: dt.date, row: Any) -> None:
    hooks.happened(user, hooks.Event(case, name, on, row.key, order.partition))


def _enter(user: User, case: Case, order: Order, what: str, on: dt.date, words: str = "") -> None:
    title = f"{rules.title('kind', order.kind)}: {what}"
    cases.enter(
        user,
        case,
        KIND,
        title[:200],
        partition=order.partition,
        body=words,
        happened_at=min(rules.started(on, dt.time(12)), moment.now()),
        page=ONE,
        of_key=order.thread,
    )


@transaction.atomic
def change(
    user: User,
    case: Case,
    before: Standing,
    draft: Draft,
    why: str,
    *,
    side: str = "shared",
    seen: str | None = None,
    at: dt.datetime | None = None,
) -> Order:
    """Write a new version: what was applied for was made, an interim order became a full one, terms changed.

    The version before stays. ``draft.made_on`` empty: it is not made yet. ``seen`` is the key of the version
    that the page showed; where another stands, ``ConflictError`` carries it.
    """
    with cases._told(at):
        cases._hold(case)
        standing = selectors.order(case, before.order.thread)
        if seen is not None and str(standing.order.key) != seen:
            raise ConflictError(newest=standing.order)
        _check_side(user, side)
        policies.check_change(standing.order, draft, why, side)
        if standing.over:
            raise NotPossibleError("The order has ended. Record a new one.")
        today = rules.day_of(moment.now())
        if standing.made and draft.made_on is None:
            raise NotPossibleError("Enter the day on which the court changed the order.", "made_on")
        _check(case, draft, today)
        guarding.check(user, case, side, why, *draft.words())
        made = _version(
            user,
            case,
            draft,
            side,
            thread=standing.order.thread,
            number=_next(standing.order.thread),
            why=why,
        )
        if draft.applied_on and not any(s.what == What.APPLIED for s in standing.steps):
            _step(user, made, What.APPLIED, draft.applied_on)
        if draft.made_on:
            _replaces(user, case, standing, made, draft)
        what = "made" if draft.made_on and not standing.made else "changed"
        _enter(user, case, made, what, draft.made_on or today, why.strip())
        audit.record(
            user, "orders.changed", f"order {made.thread}", case=case, partition=side, kind=made.kind
        )
    return made


def _next(thread: uuid.UUID) -> int:
    """As the service: versions that the writer may not read count too."""
    with as_service(PURPOSE):
        newest = Order.objects.filter(thread=thread).aggregate(last=Max("number"))["last"]
    return int(newest or 0) + 1


def _replaces(user: User, case: Case, before: Standing, made: Order, draft: Draft) -> None:
    """The new version stands: it is served anew, and an end that was asked about is decided."""
    key = made.thread
    old = before.order
    _end(user, case, (SERVE,), key, "The order was made anew.", done=False)
    if made.open_ended or (made.last_day and (old.last_day is None or made.last_day > old.last_day)):
        _end(user, case, (ENDING,), key, "The order goes on.", done=True)
    # The order before asked for it, and held until then.
    held = old.last_day is None or draft.made_on is None or old.last_day >= draft.made_on
    goes_on = before.made is not None and held and bool(before.notifications())
    _was_made(user, case, made, draft, notifies=not goes_on)


@transaction.atomic
def step(
    user: User,
    case: Case,
    before: Standing,
    what: str,
    on: dt.date,
    *,
    time: dt.time | None = None,
    by_whom: str = "",
    how: str = "",
    words: str = "",
    at: dt.datetime | None = None,
) -> Step:
    """Record what happened with an order. Its tasks end, and the next ones begin.

    Raises ``NotPossibleError`` where it does not follow from what is there.
    """
    with cases._told(at):
        cases._hold(case)
        standing = selectors.order(case, before.order.thread)
        order = standing.order
        _check_side(user, order.partition)
        today = rules.day_of(moment.now())
        policies.check_step(what, on, standing.made is not None, standing.over, words, today)
        policies.check_served(what, by_whom, how)
        if standing.made and what == What.SERVED and on < standing.made.on:
            raise NotPossibleError("It cannot be served before it was made.", "on")
        guarding.check(user, case, order.partition, by_whom, how, words)
        rest = {"time": time, "by_whom": by_whom.strip(), "how": how.strip(), "words": words.strip()}
        rest |= _notification(standing, what, on)
        made = _step(user, order, what, on, **rest)
        _follows(user, case, standing, made)
        label = Step.What(what).label
        _enter(user, case, order, label[0].lower() + label[1:], on, made.words)
        audit.record(user, "orders.step_recorded", f"order {order.thread}", case=case, step=what)
    return made


def _notification(standing: Standing, what: str, on: dt.date) -> dict[str, Any]:
    """Return by when a step asks for a notification, or which one it answers."""
    rule = rules.kind(standing.order.kind, on)
    if what == What.NOTIFIED:
        due = [asked for asked, answer in standing.notifications() if answer is None and asked.on <= on]
        if not due:
            raise NotPossibleError(
                "No notification is due on this order: service, or a new name or address, makes it due. "
                "Record that first.",
                "what",
            )
        return {"answers": due[0]}
    first = what == What.SERVED and rule.extra.get("notify_from") == "served" and not _asked(standing)
    if first or (what == What.CHANGED and rule.extra.get("notify_days")):
        return {"notify_by": rules.notify_by(rule, on)}
    return {}


def _asked(standing: Standing) -> bool:
    """Tell whether it was asked for already, by this order or by one that held until it was made."""
    made_on = standing.made.on if standing.made else dt.date.max
    served = {step.order_id for step, _ in standing.notifications() if step.what == What.SERVED}
    of = [version for version in standing.versions if version.pk in served]
    return any(version.last_day is None or version.last_day >= made_on for version in of)


def _follows(user: User, case: Case, standing: Standing, made: Step) -> None:
    order, key, what = standing.order, standing.order.thread, made.what
    if what == What.SERVED:
        _end(user, case, (SERVE,), key, "It was served.", done=True)
    if made.notify_by:
        _notify(user, case, order, made)
    if made.answers is not None:
        _end(user, case, (NOTIFY,), made.answers.key, "It was notified.", done=True)
    if what == What.LET_END:
        _end(user, case, (ENDING,), key, "Left to end, with a reason.", done=True)
    if what in policies.OVER:
        _end(user, case, (SERVE, ENDING), key, f"{made.get_what_display()}.", done=False)
        for asked, answer in standing.notifications():
            if answer is None:
                _end(user, case, (NOTIFY,), asked.key, f"{made.get_what_display()}.", done=False)
    bail = rules.kind(order.kind, made.on).extra.get("bail")
    if what in TELLS:
        tells = "bail_changed" if bail and what != What.HEARING else TELLS[What(what)]
        # Of a hearing to come the victim is told from the day on which it is known.
        _tell_victim(user, case, order, tells, min(made.on, rules.day_of(moment.now())))
    if what == What.HEARING:
        _happened(user, case, order, "order.hearing", made.on, made)
    elif bail and what in policies.OVER:
        _happened(user, case, order, "order.bail_changed", made.on, made)
