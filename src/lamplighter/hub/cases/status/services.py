"""The clocks that a state of the case brings with it, by the dated rules, and whom each belongs to."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.cases import configuration, hooks, rules, selectors
from lamplighter.hub.cases.models import Case, Status
from lamplighter.hub.cases.permissions import DECIDING
from lamplighter.hub.cases.status import open_tasks
from lamplighter.hub.cases.status.states import OVER, REJECTION, State
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.config_files.dated import Rule


def start(user: User, case: Case, state: str, decider: User | None = None) -> None:
    """Start what begins with ``state``; what runs already goes on. Of a referral in danger, in hours.

    ``decider``: see :func:`state_changed`.
    """
    danger = state == State.REFERRED and selectors.in_danger(case)
    running = set(
        Clock.objects.filter(case=case, state=Clock.State.RUNNING).values_list("kind", flat=True).distinct()
    )
    for kind, rule in rules.on("clock", timezone.localdate(moment.now())).items():
        if state in rule.extra["starts_with"] and kind not in running:
            why = _because(state, danger and bool(rules.danger_hours(rule)))
            _begin(decider or user, case, rule, why, danger)


def again(user: User, done: Clock) -> None:
    """Start a task that recurs once more, when it was done and its rule still says so."""
    found = rules.on("clock", timezone.localdate(moment.now())).get(done.kind)
    state = selectors.current(done.case)
    if found and found.extra.get("again") and state and state.name in found.extra["runs_in"]:
        _begin(user, done.case, found, "It comes round again: it was done before.")


def _begin(user: User, case: Case, rule: Rule, why: str, danger: bool = False) -> None:
    now = moment.now()
    # In the name of whoever must act, which is often not who wrote: the rules of the wall let a person add
    # rows of their own agency alone.
    with as_service("run clocks"):
        clocks.start(
            user,
            case,
            rule.code,
            rule.title,
            due_at=rules.due(rule, now, danger),
            starts_at=now,
            why=why,
            page=rule.extra["page"],
            owner=whose(rule.extra.get("whose", configuration.HUB), case, user),
        )


def _because(state: str, danger: bool = False) -> str:
    label = Status.Name(state).label.lower()
    if danger:
        return f"Because the case was {label} and somebody is in danger now. Nights and weekends count."
    if state in (State.REFERRED, State.HELD, State.REJECTED, State.REDIRECTED, State.CLOSED):
        return f"Because the case was {label}."
    return f"Because the case is {'for' if state == State.ADVICE_ONLY else 'in'} {label}."


def whose(kind: str, case: Case, user: User) -> Agency | None:
    """Return the agency that must act: of this kind on the case, or the one that decides on referrals.

    That is the hub's own agency where it has a coordinator. Where it has none: an
    agency with a coordinator, first that of ``user``, then one on the case; one on
    the case with a stalking lead; and the agency of ``user`` when nobody decides.
    """
    if kind == configuration.DECIDER:
        return user.agency
    on_case = [p.agency for p in selectors.participations(case)]
    if kind != configuration.HUB and (found := next((a for a in on_case if a.kind == kind), None)):
        return found
    deciding = User.objects.working().filter(role__in=DECIDING, agency__isnull=False)
    coordinating = [u.agency for u in _of(deciding, Role.COORDINATOR)]
    hubs = [a for a in coordinating if a and a.kind == Agency.Kind.HUB]
    near = [a for a in [user.agency, *on_case] if a]
    leading = {u.agency_id for u in _of(deciding, Role.STALKING_LEAD)}
    ways = (
        hubs,
        [a for a in near if a in coordinating],
        coordinating,
        [a for a in near if a.pk in leading],
    )
    return next((agencies[0] for agencies in ways if agencies), user.agency)


def _of(people: QuerySet[User], role: Role) -> QuerySet[User]:
    """One of this role of each agency."""
    rows = people.filter(role=role).select_related("agency")
    return rows.order_by("agency_id", "pk").distinct("agency_id")


def state_changed(user: User, case: Case, state: str, *, decider: User | None = None) -> None:
    """End what does not run in ``state``, as done or not needed any more; start what begins with it.

    ``decider`` took the decision, where ``user`` only completed it.
    """
    if state != State.REFERRED:
        # Whatever was proposed meanwhile: it has been decided.
        why = f"The case is now “{Status.Name(state).label}”."
        clocks.end_kind(user, case, REJECTION, why=why, state=Clock.State.CANCELLED)
    for clock in Clock.objects.filter(case=case, kind__startswith="case.", state=Clock.State.RUNNING):
        # A time limit that no longer holds ends what it started before.
        rule = rules.on("clock", timezone.localdate()).get(clock.kind) or rules.newest("clock", clock.kind)
        if rule is None or state in rule.extra["runs_in"]:
            continue
        done = state in rule.extra["done_on"]
        clocks.end(
            decider or user,
            clock,
            why=f"The case is now “{Status.Name(state).label}”.",
            state=Clock.State.DONE if done else Clock.State.CANCELLED,
        )
    if state in OVER:
        open_tasks.end_with_the_work(decider or user, case, f"The case is now “{Status.Name(state).label}”.")
    start(user, case, state, decider)
    hooks.happened(decider or user, hooks.Event(case, f"status.{state}", timezone.localdate(moment.now())))
