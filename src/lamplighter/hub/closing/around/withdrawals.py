"""The safeguarding review after the victim withdrew: a task within its days, which closes nothing."""

from __future__ import annotations

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.hooks import Event
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.closing import rules
from lamplighter.hub.closing.models import SafeguardingReview
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.hub.victim_side.models import SupportEvent

PURPOSE = "run clocks"
REVIEW = "closing.review"
PAGE = "closing:review"


def changed(user: User, event: Event) -> None:
    """Start the review where the victim withdrew, on the side that recorded it. Nothing is closed by it."""
    row = SupportEvent.objects.filter(case=event.case, key=event.of_key).first() if event.of_key else None
    if row is None or row.state != SupportEvent.State.WITHDRAWN:
        return
    text, due = rules.limit("review", moment.now())
    with as_service(PURPOSE):
        running = Clock.objects.filter(case=event.case, kind=REVIEW, state=Clock.State.RUNNING)
        if running.exists():
            return
        clocks.start(
            user,
            event.case,
            REVIEW,
            text,
            due_at=due,
            why="The victim withdrew. That closes nothing: ask about fear and pressure. The case goes on.",
            partition="advocacy",
            page=PAGE,
            of_key=row.key,
        )


def waiting(case: Case) -> Clock | None:
    """Return the review that somebody has to make."""
    rows = Clock.objects.filter(case=case, kind=REVIEW, state=Clock.State.RUNNING)
    return rows.order_by("due_at", "pk").first()


@transaction.atomic
def review(user: User, case: Case, asked_alone: str, words: str, plan: str) -> SafeguardingReview:
    """Record the review, on the victim's side. Raises ``ConflictError`` where it was made meanwhile."""
    cases._hold(case)
    clock = waiting(case)
    if clock is None or clock.of_key is None:
        raise ConflictError("This review was recorded already.")
    if asked_alone not in ("yes", "no"):
        raise NotPossibleError("Say whether the victim was asked alone about pressure.", "asked_alone")
    if not words.strip():
        raise NotPossibleError("Enter what was looked at.", "words")
    if not plan.strip():
        raise NotPossibleError("Enter what is done now for the victim’s safety.", "plan")
    guarding.check(user, case, "advocacy", words, plan)
    made = SafeguardingReview.objects.create(
        **owned(
            user,
            case,
            partition=clock.partition,
            of_support=clock.of_key,
            asked_alone=asked_alone,
            words=words.strip(),
            plan=plan.strip(),
        )
    )
    cases.enter(
        user,
        case,
        "closing.review",
        "Safety reviewed after the victim withdrew",
        partition=clock.partition,
        body=made.words,
        page=PAGE,
        of_key=made.key,
    )
    clocks.end(user, clock, why="Reviewed.")
    audit.record(
        user, "closing.safeguarding_reviewed", f"case {case.key}", case=case, fields=["words", "plan"]
    )
    return made
