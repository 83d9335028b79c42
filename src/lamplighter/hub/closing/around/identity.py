"""Decide whether a victim is told who an anonymous stalker is: reasons, who authorises it, the message."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.participants import selectors as people
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.closing import policies, rules, selectors
from lamplighter.hub.closing.models import (
    Answer,
    Identified,
    IdentityAuthorised,
    IdentityDecision,
    IdentityTold,
)
from lamplighter.hub.closing.services import side_of
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

PURPOSE = "run clocks"
DECIDE, AUTHORISE = "closing.identity", "closing.authorise"
PAGE, ONE = "closing:identity", "closing:authorise"
KIND = "closing.identity"
REASONS = {
    "necessity": "Enter why it is necessary that the victim knows, or is not.",
    "proportionality": "Enter why no more than this is told, or why nothing is.",
    "risk_victim": "Enter the risk to the victim, of knowing and of not knowing.",
    "risk_suspect": "Enter the risk to the suspect.",
}


@transaction.atomic
def identify(user: User, case: Case, at: dt.datetime) -> Identified:
    """Record that an anonymous stalker was identified: the hours of the decision run from then."""
    cases._hold(case)
    if at > moment.now():
        raise NotPossibleError("The time must not be in the future.", "day")
    partition = side_of(user)
    made = Identified.objects.create(**owned(user, case, partition=partition, identified_at=at))
    cases.enter(
        user,
        case,
        KIND,
        "An anonymous stalker was identified",
        partition=partition,
        page=PAGE,
        of_key=made.key,
        happened_at=at,
    )
    text, due = rules.limit("identity", at)
    clocks.start(
        user,
        case,
        DECIDE,
        text,
        due_at=due,
        starts_at=at,
        why="The hours run from when the stalker was identified, nights and weekends too.",
        partition=partition,
        page=PAGE,
        of_key=made.key,
    )
    audit.record(user, "closing.identified", f"case {case.key}", case=case)
    return made


def authorisers(user: User, case: Case) -> list[User]:
    """List the seniors who read the side on which the decision is written, and are not its author."""
    rows = people.on_the_case(case, side_of(user), str(user.agency_id))
    return list(rows.filter(role__in=policies.SUPERVISORS).exclude(pk=user.pk).select_related("agency"))


@transaction.atomic
def decide(
    user: User,
    case: Case,
    of: Identified,
    decision: str,
    reasons: Mapping[str, str],
    authoriser: User | None,
) -> IdentityDecision:
    """Decide whether the victim is told, with all reasons; it stands once the named senior authorises it."""
    cases._hold(case)
    if decision not in IdentityDecision.Decision.values:
        raise NotPossibleError("Choose whether the victim is told.", "decision")
    for name, text in REASONS.items():
        if not reasons.get(name, "").strip():
            raise NotPossibleError(text, name)
    if authoriser is None or authoriser not in authorisers(user, case):
        raise NotPossibleError("Choose a senior who authorises it: somebody else than you.", "authoriser")
    partition = of.partition
    guarding.check(user, case, partition, *reasons.values())
    row = {name: reasons[name].strip() for name in REASONS}
    made = IdentityDecision.objects.create(
        **owned(
            user, case, partition=partition, identified=of, decision=decision, authoriser=authoriser, **row
        )
    )
    cases.enter(
        user,
        case,
        KIND,
        "Whether the victim is told who it is: decision to be authorised",
        partition=partition,
        page=PAGE,
        of_key=made.key,
    )
    text, due = rules.limit("authorise", moment.now())
    with as_service(PURPOSE):
        clocks.start(
            user,
            case,
            AUTHORISE,
            text,
            due_at=due,
            why="You are named to authorise it. Until you do, nobody tells the victim.",
            partition=partition,
            assigned_to=authoriser,
            owner=authoriser.agency,
            page=ONE,
            of_key=made.key,
        )
        for clock in Clock.objects.filter(case=case, kind=DECIDE, of_key=of.key, state=Clock.State.RUNNING):
            clocks.end(user, clock, why="Decided.")
    audit.record(user, "closing.identity_decided", f"case {case.key}", case=case, fields=[*REASONS])
    return made


@transaction.atomic
def authorise(user: User, case: Case, row: IdentityDecision, answer: str, words: str) -> IdentityAuthorised:
    """Authorise the decision, or not, as the person who is named. Refused, it is decided again."""
    cases._hold(case)
    if IdentityAuthorised.objects.filter(decision=row).exists():
        raise ConflictError("This was answered already.")
    if user.pk != row.authoriser_id or user.pk == row.by_id:
        raise NotPossibleError("Only the person who is named authorises it.")
    if answer not in Answer.values:
        raise NotPossibleError("Say whether you agree.", "answer")
    policies.check_reason(words, "words")
    made = IdentityAuthorised.objects.create(
        **owned(user, case, partition=row.partition, decision=row, answer=answer, words=words.strip())
    )
    agreed = answer == Answer.AGREED
    cases.enter(
        user,
        case,
        KIND,
        "Whether the victim is told who it is: authorised" if agreed else "Decision not authorised",
        partition=row.partition,
        page=PAGE,
        of_key=row.key,
        body=made.words,
    )
    with as_service(PURPOSE):
        for clock in Clock.objects.filter(
            case=case, kind=AUTHORISE, of_key=row.key, state=Clock.State.RUNNING
        ):
            clocks.end(user, clock, why=f"{made.get_answer_display()}.")
        if not agreed:
            _, due = rules.limit("authorise", moment.now())
            clocks.start(
                user,
                case,
                DECIDE,
                rules.title("limit", "identity"),
                due_at=due,
                why="The decision was not authorised: decide again.",
                partition=row.partition,
                owner=row.owner,
                page=PAGE,
                of_key=row.identified.key,
            )
    audit.record(user, "closing.identity_answered", f"case {case.key}", case=case, answer=answer)
    return made


@transaction.atomic
def told(user: User, case: Case, row: IdentityDecision, message: str, at: dt.datetime) -> IdentityTold:
    """Record the message that the victim was given, once the decision to tell her was authorised."""
    cases._hold(case)
    if IdentityTold.objects.filter(decision=row).exists():
        raise ConflictError("The message was recorded already.")
    answer = getattr(row, "authorised", None)
    if row.decision != IdentityDecision.Decision.DISCLOSE or answer is None or answer.answer != Answer.AGREED:
        raise NotPossibleError("Nobody tells the victim before the decision to do so is authorised.")
    if not message.strip():
        raise NotPossibleError("Enter the message.", "message")
    if at > moment.now():
        raise NotPossibleError("The time must not be in the future.", "day")
    made = IdentityTold.objects.create(
        **owned(user, case, partition=row.partition, decision=row, message=message.strip(), told_at=at)
    )
    cases.enter(
        user,
        case,
        KIND,
        "The victim was told who it is",
        partition=row.partition,
        page=PAGE,
        of_key=row.key,
        happened_at=at,
    )
    audit.record(user, "closing.identity_told", f"case {case.key}", operation=Operation.DISCLOSURE, case=case)
    return made


def standing(case: Case) -> tuple[Identified | None, IdentityDecision | None]:
    """Return the newest identification, and the newest decision about it."""
    of = next(iter(selectors.identified(case)), None)
    if of is None:
        return None, None
    rows = selectors.identity_decisions(case)
    return of, next((row for row in rows if row.identified_id == of.pk), None)
