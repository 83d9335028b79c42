"""The clocks that a state of the case brings with it, by the dated rules."""

from __future__ import annotations

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import rules
from lamplighter.hub.cases.models import Case, Status
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock


def start(user: User, case: Case, state: str) -> None:
    """Start what begins with ``state``; what runs already goes on."""
    now = moment.now()
    running = set(
        Clock.objects.filter(case=case, state=Clock.State.RUNNING).values_list("kind", flat=True).distinct()
    )
    for kind, rule in rules.on("clock", timezone.localdate(now)).items():
        if state in rule.extra["starts_with"] and kind not in running:
            clocks.start(
                user,
                case,
                kind,
                rule.title,
                due_at=rules.due(rule, now),
                starts_at=now,
                why=f"Since the case is “{Status.Name(state).label}”. {rule.extra['source']}.",
                page=rule.extra["page"],
            )


def state_changed(user: User, case: Case, state: str) -> None:
    """End what does not run in ``state``, as done or not needed any more; start what begins with it."""
    for clock in Clock.objects.filter(case=case, kind__startswith="case.", state=Clock.State.RUNNING):
        # A time limit that no longer holds ends what it started before.
        rule = rules.on("clock", timezone.localdate()).get(clock.kind) or rules.newest("clock", clock.kind)
        if rule is None or state in rule.extra["runs_in"]:
            continue
        done = state in rule.extra["done_on"]
        clocks.end(
            user,
            clock,
            why=f"The case is now “{Status.Name(state).label}”.",
            state=Clock.State.DONE if done else Clock.State.CANCELLED,
        )
    start(user, case, state)
