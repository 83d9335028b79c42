"""The only writers of a closing: what was considered, the proposal, signatures, overrides, who was told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import policies as cases_policies
from lamplighter.hub.cases import selectors as cases_selectors
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.participants import selectors as people
from lamplighter.hub.cases.status import hooks
from lamplighter.hub.cases.status import services as status
from lamplighter.hub.cases.status.open_tasks import Fate
from lamplighter.hub.cases.status.states import State
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.closing import checking, policies, rules, selectors
from lamplighter.hub.closing.models import (
    Answer,
    Considered,
    OverrideAnswer,
    OverrideAsk,
    Proposal,
    ReviewOffered,
    Signature,
)
from lamplighter.hub.my_work import services as finishing
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.hub.victim_side import permissions as victim
from lamplighter.hub.victim_side.models import CodeEvent
from lamplighter.hub.victim_side.services import updates
from lamplighter.hub.workforce import selectors as workforce

PURPOSE = checking.PURPOSE
KIND = "closing"
PAGE = "closing:page"
ASKED, SIGN, OVERRIDE = checking.ASKED_SIDE, "closing.sign", "closing.override"
RIGHT = "closing.right"
# Asked by ``cases.status.hooks``.
before_closing = checking.before_closing
# What the victim is told of: the event of the Victims' Code of a decision to go no further.
EVENT = "no_action"


def side_of(user: User) -> str:
    """Return where this person records what was considered: nobody who works with the suspect reads it."""
    own = [side for side in form_readers.of(user) if side in ("police", "advocacy")]
    return own[0] if own else "warning"


@transaction.atomic
def consider(
    user: User, case: Case, what: str, found: Collection[str], words: str, *, at: dt.datetime | None = None
) -> Considered:
    """Record that something was looked at before a decision, and the findings."""
    with cases._told(at):
        policies.check_considered(what, found, words, rules.day_of(moment.now()))
        partition = side_of(user)
        guarding.check(user, case, partition, words)
        made = Considered.objects.create(
            **owned(user, case, partition=partition, what=what, found=sorted(found), words=words.strip())
        )
        title = f"Considered: {made.get_what_display().lower()}"
        cases.enter(user, case, KIND, title, partition=partition, body=made.words, page=PAGE, of_key=made.key)
        audit.record(user, "closing.considered", f"case {case.key}", case=case, fields=["found"], what=what)
    return made


@transaction.atomic
def propose(
    user: User,
    case: Case,
    outcome: str,
    reason: str,
    *,
    seen: str | None = None,
    at: dt.datetime | None = None,
) -> Proposal:
    """Propose an outcome that drops the case. Two others are asked to sign it.

    ``seen`` is the key of the proposal that the page showed, "" for none: where another stands,
    ``ConflictError`` carries it. Raises ``MissingError`` with everything that has to be done before, and
    ``NotPossibleError``.
    """
    with cases._told(at):
        cases._hold(case)
        before = selectors.proposed(case)
        if seen is not None and str(before.row.key if before else "") != seen:
            raise ConflictError(newest=before.row if before else None)
        cases_policies.check_move(cases.current(case).name, State.CLOSED)
        policies.check_outcome(outcome, reason, rules.day_of(moment.now()))
        guarding.check(user, case, "shared", reason)
        checked = checking.of(user, case, outcome, asking=True)
        if not checked.first:
            raise checking.refusal(_before_signing(checked), outcome)
        made = _propose(user, case, outcome, reason)
    return made


def _before_signing(checked: checking.Checked) -> checking.Checked:
    """Only what comes before a proposal: nobody can sign what is not proposed."""
    return checking.Checked(
        tuple(c for c in checked.every if c.code not in checking.AFTER),
        tuple(c for c in checked.mine if c.code not in checking.AFTER),
        checked.elsewhere,
    )


def _propose(user: User, case: Case, outcome: str, reason: str) -> Proposal:
    _over(user, case, "Another outcome was proposed.")
    made = Proposal.objects.create(**owned(user, case, outcome=outcome, reason=reason.strip()))
    title = f"Proposed: {rules.called(outcome)}"
    cases.enter(user, case, KIND, title[:200], body=made.reason, page=PAGE, of_key=made.key)
    _ask_to_sign(user, case, made)
    audit.record(user, "closing.proposed", f"proposal {made.key}", case=case, outcome=outcome)
    return made


def _over(user: User, case: Case, why: str) -> None:
    """End the tasks of a proposal that no longer stands."""
    with as_service(PURPOSE):
        for clock in Clock.objects.filter(
            case=case, kind__in=(f"{SIGN}.lead", f"{SIGN}.supervisor", OVERRIDE), state=Clock.State.RUNNING
        ):
            clocks.end(user, clock, why=why, state=Clock.State.CANCELLED)


def _ask_to_sign(user: User, case: Case, made: Proposal) -> None:
    """One task for a stalking lead, one for a supervisor: on the lists of agencies that have one."""
    text, due = rules.limit("sign", moment.now())
    with as_service(PURPOSE):
        for capacity in Signature.Capacity:
            agency = _who_signs(case, capacity, made.by_id)
            clocks.start(
                user,
                case,
                f"{SIGN}.{capacity}",
                text,
                due_at=due,
                why=f"An outcome that drops the case is proposed. A {capacity.label.lower()} signs, "
                "and not whoever proposed it.",
                owner=agency or status.whose("hub", case, user),
                page="closing:sign",
                of_key=made.key,
            )


def _who_signs(case: Case, capacity: str, proposer: int | None) -> Agency | None:
    """An agency with somebody who can sign in this capacity and did not propose it."""
    roles = policies.LEADS if capacity == Signature.Capacity.LEAD else policies.SUPERVISORS
    could = people.on_the_case(case, "shared", str(case.owner_id)).exclude(pk__in=[proposer])
    order = {Role.COORDINATOR: 0, Role.STALKING_LEAD: 1}
    found = sorted(
        could.filter(role__in=[*roles]).select_related("agency"), key=lambda u: (order[Role(u.role)], u.pk)
    )
    return found[0].agency if found else None


@transaction.atomic
def sign(
    user: User,
    case: Case,
    proposal: Proposal,
    capacity: str,
    answer: str,
    words: str,
    *,
    at: dt.datetime | None = None,
) -> Signature:
    """Sign a proposed outcome, or refuse. Once two have signed, the clock of telling the victim runs.

    Raises ``MissingError`` where something that it rested on is no longer done, ``ConflictError`` where it no
    longer stands, and ``NotPossibleError``.
    """
    with cases._told(at):
        cases._hold(case)
        found = selectors.proposed(case)
        if found is None or found.row.pk != proposal.pk or found.refused or found.signed(capacity):
            raise ConflictError(
                "This was signed or refused, or another outcome was proposed. Nothing was changed."
            )
        policies.check_signature(user, proposal, capacity, answer, words)
        if any(s.by_id == user.pk for s in found.signatures):
            raise NotPossibleError("You have signed already: a second person signs in the other capacity.")
        guarding.check(user, case, "shared", words)
        agrees = answer == Answer.AGREED
        if agrees and found.overridden is None:
            checked = checking.of(user, case, proposal.outcome, asking=True)
            if not checked.first:
                raise checking.refusal(_before_signing(checked), proposal.outcome)
        event = _decided(user, case) if agrees and found.signatures else None
        made = Signature.objects.create(
            **owned(
                user,
                case,
                proposal=proposal,
                capacity=capacity,
                answer=answer,
                words=words.strip(),
                event=event.key if event else None,
            )
        )
        verb = "signed" if agrees else "not signed"
        title = f"{rules.called(proposal.outcome)}: {verb} by a {made.get_capacity_display().lower()}"
        cases.enter(user, case, KIND, title[:200], body=made.words, page=PAGE, of_key=proposal.key)
        _ended(user, case, f"{SIGN}.{capacity}", "Signed." if agrees else "Refused.")
        if not agrees:
            _over(user, case, "Refused by a signatory.")
        audit.record(
            user,
            f"closing.{verb.replace(' ', '_')}",
            f"proposal {proposal.key}",
            case=case,
            capacity=capacity,
        )
    return made


def _ended(user: User, case: Case, kind: str, why: str) -> None:
    with as_service(PURPOSE):
        for clock in Clock.objects.filter(case=case, kind=kind, state=Clock.State.RUNNING):
            clocks.end(user, clock, why=why)


def _decided(user: User, case: Case) -> CodeEvent:
    """The decision is taken: from today the victim is told within the time of the Code.

    Whether she wants it reviewed is asked before the time for that ends, whether or not the case is closed by
    then: by her advocate, else by the police.
    """
    text, due = rules.limit("right", moment.now())
    with as_service(PURPOSE):
        side = next((s for s in ("advocacy", "police") if _agency_of(case, s)), "")
        owner = _agency_of(case, side) if side else status.whose("hub", case, user)
        running = Clock.objects.filter(case=case, kind=RIGHT, state=Clock.State.RUNNING)
        if owner is not None and not running.exists():
            clocks.start_for(
                owner,
                case,
                RIGHT,
                text,
                due_at=due,
                why="A decision dropped the case. The right to a review of it has a time limit of its own, "
                "and does not end with the hub’s work.",
                partition=side or "warning",
                page=PAGE,
            )
    return updates.enter_event(user, case, EVENT, rules.day_of(moment.now()))


@transaction.atomic
def tell(
    user: User,
    case: Case,
    proposal: Proposal,
    words: str,
    *,
    channel: str = "",
    told_at: dt.datetime | None = None,
) -> ReviewOffered:
    """Record that the victim was told of the decision, and of the right to a review, on one's own side.

    ``channel`` and ``told_at``: how and when, where that she was told of the decision is not recorded yet:
    a contact, checked by the rules of safe contact like any other. Raises ``NotPossibleError``.
    """
    found = selectors.proposed(case)
    event = CodeEvent.objects.filter(case=case, key=found.event).first() if found and found.event else None
    if found is None or found.row.pk != proposal.pk or event is None:
        raise NotPossibleError("The victim is told once two people have signed.")
    if not words.strip():
        raise NotPossibleError("Enter how the right to a review was explained.", "words")
    partition = victim.partition_of(user)
    if not partition:
        raise NotPossibleError("The victim’s advocate, or the police on the case, tell the victim.")
    if not event.updates.exists():
        if not channel or told_at is None:
            raise NotPossibleError("Enter how and when the victim was told.", "channel")
        updates.tell(user, case, event, channel=channel, at=told_at)
    made = ReviewOffered.objects.create(
        **owned(user, case, partition=partition, proposal=proposal, words=words.strip())
    )
    cases.enter(
        user,
        case,
        KIND,
        "The victim was told of the right to a review",
        partition=partition,
        body=made.words,
        page=PAGE,
        of_key=proposal.key,
    )
    audit.record(user, "closing.review_offered", f"proposal {proposal.key}", case=case, fields=["words"])
    return made


@transaction.atomic
def refused(user: User, case: Case, outcome: str) -> list[Clock]:
    """Ask the sides that whoever tries to close does not read for what is missing there: a task of theirs.

    It names nothing, and whoever asked learns no more than that they were asked.
    """
    mine = checking.readable(user, case)
    with as_service(PURPOSE):
        missing = [c for c in hooks.checks(case, outcome) if not c.done and c.side not in mine]
        made = []
        text, due = rules.limit("asked", moment.now())
        for side in sorted({c.side for c in missing}):
            agency = _agency_of(case, side)
            running = Clock.objects.filter(case=case, kind=ASKED, partition=side, state=Clock.State.RUNNING)
            if agency is None or running.exists():
                continue
            made.append(
                clocks.start_for(
                    agency,
                    case,
                    ASKED,
                    text,
                    due_at=due,
                    why="Somebody wants to drop the case. What is missing stands on the closing check.",
                    partition=side,
                    page=PAGE,
                )
            )
    if made:
        audit.record(
            user, "closing.sides_asked", f"case {case.key}", case=case, sides=[c.partition for c in made]
        )
    return made


def decide_task(user: User, clock: Clock, fate: str, words: str, to: User | None) -> None:
    """Do with an open task what was decided when the case was closed. Asked by ``cases.status.hooks``."""
    if fate == Fate.DONE:
        finishing.done(user, clock, words)
    elif fate == Fate.NOT_NEEDED:
        guarding.check(user, clock.case, clock.partition, words)
        finishing.cancel(user, clock, words)
    elif to is not None and to.pk != clock.assigned_to_id:
        finishing.assign(user, clock, to)


def _agency_of(case: Case, side: str) -> Agency | None:
    kinds = {"police": Agency.Kind.POLICE, "advocacy": Agency.Kind.ADVOCACY, "health": Agency.Kind.HEALTH}
    # Nobody of an agency that the suspect works for finds the case.
    blind = workforce.blind(case)
    on_case = [p.agency for p in cases_selectors.participations(case) if p.agency_id not in blind]
    return next((a for a in on_case if a.kind == kinds.get(side)), None)


# The override ---------------------------------------------------------------------------------------------


@transaction.atomic
def ask_override(
    user: User,
    case: Case,
    outcome: str,
    reason: str,
    senior: User | None,
    *,
    at: dt.datetime | None = None,
) -> OverrideAsk:
    """Ask a named senior to let the case be dropped although something is missing.

    Where the outcome is not proposed yet, it is. Raises ``NotPossibleError``, also where nothing is missing.
    """
    with cases._told(at):
        cases._hold(case)
        cases_policies.check_move(cases.current(case).name, State.CLOSED)
        policies.check_outcome(outcome, reason, rules.day_of(moment.now()))
        guarding.check(user, case, "shared", reason)
        checked = checking.of(user, case, outcome)
        if checked.all:
            raise NotPossibleError("Nothing is missing: no override is needed.")
        found = selectors.proposed(case)
        if found is None or found.refused or found.row.outcome != outcome:
            proposal = _propose(user, case, outcome, reason)
        else:
            proposal = found.row
            if found.waits_for:
                raise ConflictError("A senior has been asked already, and has not answered.")
        policies.check_senior(senior, proposal, user)
        if (
            senior is None
            or not people.on_the_case(case, "shared", str(user.agency_id)).filter(pk=senior.pk).exists()
        ):
            raise NotPossibleError("Choose a senior who can open this case.", "senior")
        made = OverrideAsk.objects.create(
            **owned(
                user,
                case,
                proposal=proposal,
                senior=senior,
                reason=reason.strip(),
                missing=sorted({c.code for c in checked.every if not c.done}),
            )
        )
        cases.enter(
            user,
            case,
            KIND,
            "An override of the closing check was asked for",
            body=made.reason,
            page=PAGE,
            of_key=made.key,
        )
        text, due = rules.limit("override", moment.now())
        with as_service(PURPOSE):
            clocks.start(
                user,
                case,
                OVERRIDE,
                text,
                due_at=due,
                why="You are named. What you let pass is published, with your reason, in the hub’s figures.",
                assigned_to=senior,
                owner=senior.agency,
                page="closing:override",
                of_key=made.key,
            )
        audit.record(
            user, "closing.override_asked", f"proposal {proposal.key}", case=case, to=str(senior.key)
        )
    return made


@transaction.atomic
def answer_override(
    user: User, case: Case, ask: OverrideAsk, answer: str, words: str, *, at: dt.datetime | None = None
) -> OverrideAnswer:
    """Let the case be dropped although something is missing, or not, as the senior who is named.

    Raises ``ConflictError`` where it waits for nobody any more.
    """
    with cases._told(at):
        cases._hold(case)
        found = selectors.proposed(case)
        if found is None or found.waits_for is None or found.waits_for.pk != ask.pk:
            raise ConflictError("This was answered, or another outcome was proposed. Nothing was changed.")
        if user.pk != ask.senior_id:
            raise NotPossibleError("Only the senior who is named answers.")
        if answer not in Answer.values:
            raise NotPossibleError("Say whether the case may be dropped.", "answer")
        policies.check_reason(words, "words")
        guarding.check(user, case, "shared", words)
        made = OverrideAnswer.objects.create(**owned(user, case, ask=ask, answer=answer, words=words.strip()))
        agreed = answer == Answer.AGREED
        title = "The closing check was overridden" if agreed else "No override of the closing check"
        cases.enter(user, case, KIND, title, body=made.words, page=PAGE, of_key=ask.key)
        _ended(user, case, OVERRIDE, f"{made.get_answer_display()}.")
        if agreed:
            # She has a right to know, whoever did not sign.
            _decided(user, case)
        audit.record(user, f"closing.override_{answer}", f"proposal {ask.proposal.key}", case=case)
    return made
