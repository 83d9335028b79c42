"""The only writer of rejections: one person proposes, others of another agency read it, and then it stands.

Between the proposer and the readers, a stalking lead and an advocate have read it. Until it
stands the referral stays where it is, with its task and on its lists.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import policies, rules, selectors, services
from lamplighter.hub.cases.models import Case, Rejection, RejectionAnswer, Status, Triage
from lamplighter.hub.cases.participants import selectors as people
from lamplighter.hub.cases.status import services as deadlines
from lamplighter.hub.cases.status.states import REJECTION
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.vocabulary import working_days

Answer = RejectionAnswer.Answer
KINDS = {Role.STALKING_LEAD: None, Role.ADVOCATE: Agency.Kind.ADVOCACY}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rejection as it stood at a moment. ``decided``: the case has left the state of a referral since."""

    row: Rejection
    answers: tuple[RejectionAnswer, ...]
    decided: bool

    @property
    def readers(self) -> list[User]:
        return [person for person in (self.row.lead, self.row.advocate) if person is not None]

    @property
    def waits_for(self) -> list[User]:
        """List those who have still to read it; nobody, once refused, withdrawn or decided otherwise."""
        if self.decided or any(a.answer != Answer.AGREED for a in self.answers):
            return []
        said = {a.by_id for a in self.answers}
        return [person for person in self.readers if person.pk not in said]

    @property
    def agreed(self) -> bool:
        return len(self.answers) == len(self.readers) and all(a.answer == Answer.AGREED for a in self.answers)


def proposals(case: Case, as_at: dt.datetime | None = None) -> list[Proposal]:
    """Every proposal to reject the referral, newest first."""
    rows = selectors.known(Rejection.objects.filter(case=case), as_at)
    rows = rows.select_related("by", "owner", "lead__agency", "advocate__agency").order_by("-pk")
    answers: dict[int, list[RejectionAnswer]] = {}
    given = selectors.known(RejectionAnswer.objects.filter(case=case), as_at)
    for row in given.select_related("by", "owner").order_by("pk"):
        answers.setdefault(row.rejection_id, []).append(row)
    statuses = selectors.known(Status.objects.filter(case=case), as_at)
    moved = list(statuses.values_list("at", flat=True))
    return [Proposal(row, tuple(answers.get(row.pk, ())), any(at > row.at for at in moved)) for row in rows]


def waiting(case: Case, as_at: dt.datetime | None = None) -> Proposal | None:
    """The proposal that waits for somebody to read it."""
    return next((found for found in proposals(case, as_at) if found.waits_for), None)


def kinds_to_name(user: User) -> list[Role]:
    """List the kinds of person that have to be named: those that the proposer is not."""
    return [kind for kind in KINDS if not _is(user, kind)]


def _is(person: User, kind: Role) -> bool:
    wanted = KINDS[kind]
    return bool(person.role == kind and person.agency and (wanted is None or person.agency.kind == wanted))


def who_could_read(user: User, case: Case) -> dict[Role, list[User]]:
    """List possible readers on the case, of other agencies than the proposer's, by kind of person."""
    could = people.on_the_case(case, "shared", str(user.agency_id)).exclude(agency=user.agency_id)
    found = list(could.select_related("agency"))
    return {kind: [person for person in found if _is(person, kind)] for kind in kinds_to_name(user)}


@transaction.atomic
def propose(
    user: User,
    case: Case,
    threshold: str,
    reason: str,
    *,
    told: str,
    turn_to: str,
    readers: Mapping[Role, User],
    seen: Any = None,
    at: dt.datetime | None = None,
) -> Rejection:
    """Propose to reject the referral, with a safety line; each reader has a task to read it.

    ``told``: what the victim has been told, or why not; ``turn_to``: where else they can
    turn. ``readers``: one person for each kind in :func:`kinds_to_name`. The referral stays open.
    """
    with services._told(at):
        services._hold(case)
        now = services.current(case)
        services.check_seen(now, seen)
        could = who_could_read(user, case)
        named = {kind: next((one for one in could[kind] if one == readers.get(kind)), None) for kind in could}
        words = {"reason": reason, "told": told, "turn_to": turn_to}
        day = timezone.localdate(moment.now())
        policies.check_rejection(now.name, threshold, words, named, day)
        # Danger is looked at before anything is decided, this way as any other.
        checks = selectors.safeguarding_checks(case)
        policies.check_police_checked(threshold, selectors.in_danger(case), checks, day)
        if waiting(case):
            raise NotPossibleError("A rejection is proposed already, and waits for its reader.")
        row = words | {"threshold": threshold}
        made = Rejection.objects.create(
            **owned(user, case, lead=named.get(Role.STALKING_LEAD), advocate=named.get(Role.ADVOCATE), **row)
        )
        names = [f"{person.display_name}, {person.agency}" for person in named.values() if person]
        services.enter(
            user,
            case,
            "triage",
            "Rejection proposed: the referral stays open until it has been read",
            body=f"{rules.title('threshold', threshold)}. {reason} To be read by {' and by '.join(names)}.",
            page="cases:rejection",
            of_key=made.key,
        )
        due = _due(case)
        for person in named.values():
            if person is not None:
                _ask(user, case, made, person, due)
    audit.record(user, "cases.rejection_proposed", f"case {case.key}", case=case, fields=[*row])
    return made


def _due(case: Case) -> dt.datetime:
    """When it has to be read: as soon as the referral has to be decided, and in a working day at least."""
    soonest = working_days.within(timezone.localdate(moment.now()), 1)
    triage = Clock.objects.filter(case=case, kind="case.triage", state=Clock.State.RUNNING)
    return max([soonest, *triage.values_list("due_at", flat=True)])


def _ask(user: User, case: Case, made: Rejection, reader: User, due: dt.datetime) -> None:
    # In the name of another agency: the rules of the wall let a person add rows of their own alone.
    with as_service("run clocks"):
        clocks.start(
            user,
            case,
            REJECTION,
            "Read the proposed rejection, and agree or refuse",
            due_at=due,
            why="You are named as a reader. Until everybody named agrees, the referral stays open.",
            assigned_to=reader,
            owner=reader.agency,
            page="cases:rejection",
            of_key=made.key,
        )


@transaction.atomic
def answer(
    user: User, case: Case, rejection: Rejection, said: str, words: str, *, at: dt.datetime | None = None
) -> RejectionAnswer:
    """Agree or refuse as a reader who is named, or withdraw as the proposer. The last to agree decides it.

    Raises ``ConflictError`` when it waits for nobody any more.
    """
    with services._told(at):
        services._hold(case)
        found = next((one for one in proposals(case) if one.row.pk == rejection.pk), None)
        if found is None:
            raise NotPossibleError("There is no such proposal.")
        if not found.waits_for:
            raise ConflictError("This proposal has been decided. Nothing was changed.")
        by_proposer = said == Answer.WITHDRAWN
        if by_proposer and user.pk != found.row.by_id:
            raise NotPossibleError("Only the person who proposed it can withdraw it.")
        if not by_proposer and user not in found.waits_for:
            raise NotPossibleError("Only a person who is named reads it, and each of them once.")
        if said not in Answer.values:
            raise NotPossibleError("Say whether the rejection is right.")
        policies.check_reason(words)
        made = RejectionAnswer.objects.create(
            **owned(user, case, rejection=found.row, answer=said, words=words)
        )
        services.enter(
            user,
            case,
            "triage",
            f"Proposed rejection: {made.get_answer_display().lower()}",
            body=words,
            page="cases:rejection",
            of_key=made.key,
        )
        running = Clock.objects.filter(
            case=case, kind=REJECTION, of_key=found.row.key, state=Clock.State.RUNNING
        )
        # Who refuses ends it for everybody; who agrees has done their own part.
        for clock in running if said != Answer.AGREED else running.filter(assigned_to=user):
            mine = clock.assigned_to_id == user.pk
            state = Clock.State.DONE if mine else Clock.State.CANCELLED
            clocks.end(user, clock, why=f"{made.get_answer_display()}.", state=state)
        if Proposal(found.row, (*found.answers, made), decided=False).agreed:
            _reject(user, case, found.row)
    audit.record(user, f"cases.rejection_{said}", f"case {case.key}", case=case, fields=["answer"])
    return made


def _reject(user: User, case: Case, row: Rejection) -> None:
    """The last reader agreed: the referral is rejected. Whoever proposed it tells the referrer."""
    decision = Status.Name.REJECTED
    made = Triage.objects.create(
        **owned(user, case, decision=decision, threshold=row.threshold, reason=row.reason)
    )
    body = (
        f"{rules.title('threshold', row.threshold)}. {row.reason} What the victim has been told: "
        f"{row.told} Where else they can turn: {row.turn_to}"
    )
    title = f"Triage: {decision.label}"
    services.enter(user, case, "triage", title, body=body, page="cases:rejection", of_key=made.key)
    Status.objects.create(**owned(user, case, name=decision, reason=row.reason))
    deadlines.state_changed(user, case, decision, decider=row.by)
    subject = f"case {case.key}"
    audit.record(user, "cases.triaged", subject, case=case, fields=["triage"], decision=decision)
    audit.record(user, "cases.moved", subject, case=case, fields=["status"], to=decision)
