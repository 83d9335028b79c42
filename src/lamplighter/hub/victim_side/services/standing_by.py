"""Record who stands by the victim, whether she supports action, the effect on her, and her own statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import hooks
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case, Participation
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side import permissions, policies, rules, selectors
from lamplighter.hub.victim_side.models import (
    AdvocateOfCase,
    ImpactEntry,
    Offer,
    PublicFunds,
    StatementOffer,
    SupportEvent,
)
from lamplighter.hub.victim_side.services import contact, documents

SHARED_FACT = "An independent advocate works with the victim"
State = SupportEvent.State


def _today() -> dt.date:
    return moment.now().astimezone(rules.LONDON).date()


@transaction.atomic
def appoint(
    user: User, case: Case, advocate: User, since: dt.date, *, seen: str | None = None
) -> AdvocateOfCase:
    """From ``since`` on, ``advocate`` stands by the victim. The first one starts the plan of the first week.

    The other agencies, those who work with the suspect too, learn that an independent advocate of this
    service works with the victim (ADR 0154). A later advocate takes over the tasks that are running.
    """
    policies.check_past(since, _today())
    on_case = Participation.objects.filter(case=case, agency_id=advocate.agency_id, ended_at=None).exists()
    if not (permissions.may_work_with_victim(advocate) and on_case):
        raise NotPossibleError("Choose an advocate of a service that works on the case.")
    documents.check_seen(AdvocateOfCase, case, seen)
    first = selectors.newest(AdvocateOfCase, case) is None
    made = AdvocateOfCase.objects.create(**owned(user, case, advocate=advocate, since=since))
    audit.record(user, "victim.advocate_appointed", f"case {case.key}", case=case, fields=["advocate"])
    if first:
        # A line of the service, without the name of whoever wrote it: the trail knows.
        cases.enter(None, case, "victim.advocate", SHARED_FACT, owner_id=user.agency_id)
        contact.start_plan(user, case, advocate, _today())
    else:
        hers = Q(kind__startswith="victim.") | Q(kind="safety.check")
        running = Clock.objects.filter(hers, case=case, state=Clock.State.RUNNING)
        running.filter(partition="advocacy").update(assigned_to=advocate)
    cases.enter(
        user,
        case,
        "victim.advocate",
        f"Advocate: {advocate.display_name}",
        partition="advocacy",
        page="victim:side",
    )
    return made


@transaction.atomic
def change_support(
    user: User,
    case: Case,
    state: str,
    *,
    since: dt.date,
    may_share: bool = False,
    seen: str | None = None,
    **values: Any,
) -> SupportEvent:
    """Record whether the victim supports action from ``since`` on; ``values`` are columns of
    :class:`SupportEvent`.

    Unsure or withdrawn: the victim is contacted within a working day. The other
    agencies learn the state, and nothing else, only with the victim's consent.
    """
    policies.check_past(since, _today())
    documents.check_seen(SupportEvent, case, seen)
    before = selectors.supported(case)
    policies.check_support(
        state, before.state if before else None, values.get("reasons", ()), values.get("words", "")
    )
    if before and since < before.since:
        raise NotPossibleError("The date is before the last change of support.")
    made = SupportEvent.objects.create(
        **owned(user, case, state=state, since=since, may_share=may_share, **values)
    )
    cases.enter(
        user,
        case,
        "victim.support",
        f"Support: {made.get_state_display()}",
        partition="advocacy",
        page="victim:support",
        of_key=made.key,
    )
    if may_share:
        cases.enter(user, case, "victim.support", f"The victim: {made.get_state_display().lower()}")
    audit.record(
        user,
        "victim.support_changed",
        f"support {made.key}",
        operation=Operation.DISCLOSURE if may_share else Operation.COLLECTION,
        case=case,
        fields=["state"],
        shared=may_share,
    )
    _clock_of_support(user, case, made)
    if made.state in {State.UNSURE, State.WITHDRAWN}:
        known = "shared" if may_share else "advocacy"
        hooks.happened(user, hooks.Event(case, "victim.unsure", since, made.key, known))
    return made


def _clock_of_support(user: User, case: Case, event: SupportEvent) -> None:
    clocks.end_kind(user, case, contact.CHANGED, why="Support changed again", state=Clock.State.CANCELLED)
    if event.state not in {State.UNSURE, State.WITHDRAWN}:
        return
    now, by = moment.now(), selectors.advocate(case)
    clocks.start(
        user,
        case,
        contact.CHANGED,
        "Contact the victim: support has changed",
        due_at=rules.after_working_days("support", now),
        starts_at=now,
        why="Ask again, alone and in safety, whether anybody has put pressure on the victim.",
        partition="advocacy",
        assigned_to=by.advocate if by else user,
        page="victim:contact",
        of_key=event.key,
    )


@transaction.atomic
def add_impact(
    user: User,
    case: Case,
    *,
    happened_on: dt.date,
    words: str,
    elements: Sequence[str] = (),
    effects: Sequence[str] = (),
) -> ImpactEntry:
    """Record how it has affected the victim, in her words, coded to the elements that it shows."""
    policies.check_past(happened_on, _today())
    policies.check_impact(words, elements, effects)
    values = {
        "happened_on": happened_on,
        "words": words,
        "elements": list(elements),
        "effects": list(effects),
    }
    made = ImpactEntry.objects.create(**owned(user, case, **values))
    cases.enter(
        user,
        case,
        "victim.impact",
        "Impact on the victim",
        partition="advocacy",
        page="victim:impact",
        of_key=made.key,
    )
    audit.record(user, "victim.impact_added", f"impact {made.key}", operation=Operation.COLLECTION, case=case)
    return made


@transaction.atomic
def offer_statement(
    user: User, case: Case, state: str, *, on: dt.date, words: str = "", seen: str | None = None
) -> StatementOffer:
    """Record the state of the Victim Personal Statement from ``on`` on."""
    policies.check_past(on, _today())
    documents.check_seen(StatementOffer, case, seen)
    made = StatementOffer.objects.create(**owned(user, case, state=state, on=on, words=words))
    audit.record(
        user, "victim.statement_offer", f"statement {made.key}", case=case, fields=["state"], state=state
    )
    title = f"Victim Personal Statement: {made.get_state_display().lower()}"
    cases.enter(
        user, case, "victim.statement", title, partition="advocacy", page="victim:impact", of_key=made.key
    )
    return made


@transaction.atomic
def offer(user: User, case: Case, what: str, answer: str, *, on: dt.date, words: str = "") -> Offer:
    """Record that the victim was offered an advocate or an assessment of needs, or what she answered."""
    if what not in Offer.What.values:
        raise NotPossibleError("Choose what was offered.", "what")
    if answer not in Offer.Answer.values:
        raise NotPossibleError("Choose what the victim answered.", "answer")
    policies.check_past(on, _today())
    made = Offer.objects.create(**owned(user, case, what=what, answer=answer, on=on, words=words.strip()))
    title = f"{made.get_what_display()}: {made.get_answer_display().lower()}"
    cases.enter(
        user, case, "victim.offer", title, partition="advocacy", page="victim:offers", of_key=made.key
    )
    # Auditors read the trail, and have no part of the advocates' side: it does not say the answer.
    audit.record(user, "victim.offered", f"offer {made.key}", case=case, fields=["what", "answer"])
    return made


# Auditors read the kind of a task in the trail: it says nothing of what the task is about.
FUNDS = "advocacy.routes"


@transaction.atomic
def record_public_funds(
    user: User, case: Case, recourse: str, *, words: str = "", seen: str | None = None
) -> PublicFunds:
    """Record whether the victim has recourse to public funds, for advocates alone.

    Without recourse, what is open to the victim is looked at: a task of the advocates. Nothing of it is in
    the history or a task that another side reads.
    """
    if recourse not in PublicFunds.Recourse.values:
        raise NotPossibleError("Choose whether the victim has recourse to public funds.")
    documents.check_seen(PublicFunds, case, seen)
    made = PublicFunds.objects.create(**owned(user, case, recourse=recourse, words=words.strip()))
    title = f"Public funds: {made.get_recourse_display().lower()}"
    cases.enter(user, case, "victim.funds", title, partition="advocacy", page="victim:funds", of_key=made.key)
    # Auditors read the trail, and have no part of the advocates' side: it does not say the answer.
    audit.record(user, "victim.public_funds", f"funds {made.key}", case=case, fields=["recourse"])
    if recourse != PublicFunds.Recourse.NO:
        clocks.end_kind(
            user, case, FUNDS, why="The victim has recourse, or it is not known", state=Clock.State.CANCELLED
        )
    elif not Clock.objects.filter(case=case, kind=FUNDS, state=Clock.State.RUNNING).exists():
        now, by = moment.now(), selectors.advocate(case)
        clocks.start(
            user,
            case,
            FUNDS,
            "Look at what is open to a victim without recourse to public funds",
            due_at=rules.after_working_days("funds", now),
            starts_at=now,
            why="Money and a place to stay decide whether the victim can leave. The time is this hub’s own.",
            partition="advocacy",
            assigned_to=by.advocate if by else user,
            page="victim:funds",
            of_key=made.key,
        )
    return made
