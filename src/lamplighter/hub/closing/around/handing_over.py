"""Another area or service is asked to take a case over, answers, and is asked for the outcome later."""

from __future__ import annotations

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import selectors as cases_selectors
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.closing import policies, rules
from lamplighter.hub.closing.models import Handover, HandoverAnswer, HandoverOutcome
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

PURPOSE = "run clocks"
ANSWER, OUTCOME = "closing.handover", "closing.outcome"
PAGE, ONE = "closing:handovers", "closing:handover"
KIND = "handover"


@transaction.atomic
def ask(user: User, case: Case, to: Agency | None, service: str, reason: str) -> Handover:
    """Ask an agency that works on the case, or a service outside, to take it over.

    An agency of the hub answers for itself; of a service outside, whoever asked records what it said.
    """
    cases._hold(case)
    policies.check_reason(reason)
    on_case = {p.agency_id for p in cases_selectors.participations(case)}
    if (to is None) == (not service.strip()):
        raise NotPossibleError("Choose an agency on the case, or enter the service outside. Not both.", "to")
    if to is not None and (to.pk not in on_case or to.pk == user.agency_id):
        raise NotPossibleError("Choose another agency that works on the case. Others are added first.", "to")
    guarding.check(user, case, "shared", reason, service)
    made = Handover.objects.create(**owned(user, case, to=to, service=service.strip(), reason=reason.strip()))
    name = to.name if to else made.service
    cases.enter(
        user,
        case,
        KIND,
        f"Asked to take the case over: {name}"[:200],
        body=made.reason,
        page=PAGE,
        of_key=made.key,
    )
    text, due = rules.limit("handover", moment.now())
    with as_service(PURPOSE):
        clocks.start(
            user,
            case,
            ANSWER,
            text if to else "Ask whether they take the case over",
            due_at=due,
            why="Until somebody accepts, whoever has the case goes on with it.",
            owner=to or user.agency,
            page=ONE,
            of_key=made.key,
        )
    audit.record(user, "closing.handover_asked", f"handover {made.key}", case=case, to=to.code if to else "")
    return made


@transaction.atomic
def answer(user: User, case: Case, row: Handover, said: str, words: str, who: str = "") -> HandoverAnswer:
    """Accept or refuse, as the agency that was asked. Accepted: its outcome is asked for later."""
    cases._hold(case)
    if HandoverAnswer.objects.filter(handover=row).exists():
        raise ConflictError("This was answered already.")
    if user.agency_id != (row.to_id or row.owner_id):
        raise NotPossibleError("Only the agency that was asked answers.")
    if said not in HandoverAnswer.Said.values:
        raise NotPossibleError("Say whether it is accepted.", "answer")
    if row.to_id is None and not who.strip():
        raise NotPossibleError("Enter who of the service answered.", "who")
    policies.check_reason(words, "words")
    guarding.check(user, case, "shared", words, who)
    made = HandoverAnswer.objects.create(
        **owned(user, case, handover=row, answer=said, who=who.strip(), words=words.strip())
    )
    title = f"Handing over: {made.get_answer_display().lower()}"
    cases.enter(user, case, KIND, title, body=made.words, page=PAGE, of_key=row.key)
    accepted = said == HandoverAnswer.Said.ACCEPTED
    with as_service(PURPOSE):
        for clock in Clock.objects.filter(case=case, kind=ANSWER, of_key=row.key, state=Clock.State.RUNNING):
            clocks.end(user, clock, why=f"{made.get_answer_display()}.")
        text, due = rules.limit("outcome", moment.now())
        clocks.start(
            user,
            case,
            OUTCOME,
            text if accepted else "Decide what happens now: handing over was refused",
            due_at=due if accepted else rules.limit("handover", moment.now())[1],
            why="They accepted the case." if accepted else "They refused, so the case stays with you.",
            owner=row.owner,
            page=ONE,
            of_key=row.key,
        )
    audit.record(user, f"closing.handover_{said}", f"handover {row.key}", case=case)
    return made


@transaction.atomic
def record_outcome(user: User, case: Case, row: Handover, words: str) -> HandoverOutcome:
    """Record the outcome of what was handed over, or what is done now that it was refused."""
    cases._hold(case)
    if HandoverOutcome.objects.filter(handover=row).exists():
        raise ConflictError("The outcome was recorded already.")
    if getattr(row, "answer", None) is None:
        raise NotPossibleError("They have not answered yet.")
    if user.agency_id != row.owner_id:
        raise NotPossibleError("Whoever handed it over records the outcome.")
    if not words.strip():
        raise NotPossibleError("Enter the outcome.", "words")
    guarding.check(user, case, "shared", words)
    made = HandoverOutcome.objects.create(**owned(user, case, handover=row, words=words.strip()))
    cases.enter(user, case, KIND, "Handing over: outcome", body=made.words, page=PAGE, of_key=row.key)
    with as_service(PURPOSE):
        for clock in Clock.objects.filter(case=case, kind=OUTCOME, of_key=row.key, state=Clock.State.RUNNING):
            clocks.end(user, clock, why="Recorded.")
    audit.record(user, "closing.handover_outcome", f"handover {row.key}", case=case, fields=["words"])
    return made
