"""The only writers of breaches: one step that tells everybody who must know, and what was done about it.

A breach stands on the case as an incident, makes an assessment of the risk due (``cases.hooks``), and puts on
the lists of those who act: arrest or a reason, whether it was a further stalking offence, speaking with the
victim, and recall or enforcement where probation answers for the order. All of it is one transaction.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.arrivals.services import partition_of
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import hooks
from lamplighter.hub.cases import selectors as cases_selectors
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.orders import policies, rules, selectors
from lamplighter.hub.orders.models import Breach, BreachAnswer, StalkingCheck
from lamplighter.hub.orders.selectors import ANSWER, ENFORCE, PURPOSE, STALKING, VICTIM, Broken, who_acts
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side.services import updates
from lamplighter.hub.workforce import selectors as workforce

KIND = "breach"
ONE = "orders:broken"


@transaction.atomic
def record(
    user: User,
    case: Case,
    kind: str,
    happened_on: dt.date,
    words: str,
    *,
    time: dt.time | None = None,
    thread: uuid.UUID | None = None,
    terms: Sequence[uuid.UUID] = (),
    at: dt.datetime | None = None,
) -> Breach:
    """Record a breach, from any agency. Everybody on the case learns of it at once, in one transaction.

    ``thread`` is the order, where it is on the register, and ``terms`` which of its terms. Raises
    ``NotPossibleError``, also for words that repeat the vault.
    """
    with cases._told(at):
        cases._hold(case)
        now = moment.now()
        today = rules.day_of(now)
        standing = selectors.order(case, thread) if thread else None
        if standing and standing.order.partition != "shared":
            raise NotPossibleError(
                "Not everybody on the case knows of this order. Share it with them first: whoever broke it "
                "knows of it.",
                "order",
            )
        if standing:
            kind = standing.order.kind
            if not {*terms} <= {term.key for term in standing.terms}:
                raise NotPossibleError("The terms of the order have changed. Choose again.", "terms")
        policies.check_breach(kind, rules.started(happened_on, time), words, rules.on("kind", today), now)
        guarding.check(user, case, "shared", words)
        made = Breach.objects.create(
            **owned(
                user,
                case,
                kind=kind,
                thread=thread,
                terms=list(terms),
                happened_on=happened_on,
                time=time,
                words=words.strip(),
            )
        )
        cases.enter(
            user,
            case,
            KIND,
            f"Breach: {rules.title('kind', kind)}"[:200],
            body=made.words,
            happened_at=min(rules.started(happened_on, time or dt.time(12)), now),
            page=ONE,
            of_key=made.key,
        )
        _tell(case, made, user)
        hooks.happened(user, hooks.Event(case, "breach", happened_on, made.key))
        audit.record(user, "orders.breach_recorded", f"breach {made.key}", case=case, kind=kind)
    return made


def from_report(case: Case, report: CaseReport) -> Breach | None:
    """As the service: a report of a breach joined the case. ``None``: it is recorded already.

    Its line of the history and the trigger of an assessment came with the report itself.
    """
    if Breach.objects.filter(case=case, report_key=report.report_key).exists():
        return None
    day = report.happened_at or report.reported_at
    made = Breach.objects.create(
        case=case,
        owner_id=report.owner_id,
        by=None,
        at=moment.now(),
        happened_on=day.date() if day else None,
        time=report.happened_at.time() if report.happened_at and report.precision == "minute" else None,
        report_key=report.report_key,
    )
    _tell(case, made, None)
    audit.record(None, "orders.breach_recorded", f"breach {made.key}", case=case, kind="")
    return made


def _tell(case: Case, breach: Breach, user: User | None) -> None:
    """Put what follows on the list of each agency that does it, where its people can see the case.

    Hours count from now, when the breach is recorded: nobody could act sooner.
    """
    now = moment.now()
    rule = rules.kind(breach.kind, rules.day_of(now)) if breach.kind else None
    # One order, or several conditions: the title says which, and fits no sentence of its own.
    why = (
        f"Broken: {rule.title[:1].lower()}{rule.title[1:]}. {rule.extra['breach']}"
        if rule
        else "An order or a condition was broken."
    )
    with as_service(PURPOSE):
        blind = workforce.blind(case)
        agencies = [p.agency for p in cases_selectors.participations(case) if p.agency_id not in blind]
        police = who_acts(case, user) or case.owner
        for limit, kind in (("answer", ANSWER), ("stalking", STALKING)):
            text, due = rules.limit(limit, now)
            page = "orders:answer" if kind == ANSWER else "orders:stalking"
            clocks.start_for(
                police,
                case,
                kind,
                text,
                due_at=due,
                why=why,
                partition="shared",
                page=page,
                of_key=breach.key,
            )
        advocates = [a for a in agencies if a.kind == Agency.Kind.ADVOCACY]
        # Whoever stands by the victim; the police where nobody does.
        _give(case, breach, "victim", VICTIM, advocates or [police], why)
        if rule and rule.extra.get("probation"):
            probation = [a for a in agencies if a.kind == Agency.Kind.PROBATION]
            _give(case, breach, "enforce", ENFORCE, probation or [police], why)


def _give(case: Case, breach: Breach, limit: str, kind: str, agencies: Sequence[Agency], why: str) -> None:
    text, due = rules.limit(limit, moment.now())
    for agency in agencies:
        clocks.start_for(
            agency,
            case,
            kind,
            text,
            due_at=due,
            why=why,
            partition=partition_of(agency),
            page=ONE,
            of_key=breach.key,
        )


@transaction.atomic
def answer(
    user: User, case: Case, broken: Broken, what: str, words: str, *, at: dt.datetime | None = None
) -> BreachAnswer:
    """Record an arrest, why there is none, or that the breach was recorded twice. Its task ends."""
    with cases._told(at):
        cases._hold(case)
        policies.check_answer(what, words)
        guarding.check(user, case, "shared", words)
        breach = broken.breach
        made = BreachAnswer.objects.create(**owned(user, case, breach=breach, what=what, words=words.strip()))
        label = made.get_what_display()
        _enter(user, case, breach, f"Breach: {label[0].lower()}{label[1:]}", made.words)
        _end(user, case, breach, ANSWER, f"{label}.")
        if what == BreachAnswer.What.SAME:
            for kind in (STALKING, VICTIM, ENFORCE):
                _end(user, case, breach, kind, f"{label}.", state=Clock.State.CANCELLED)
        if what == BreachAnswer.What.ARREST:
            updates.enter_event(user, case, "arrest", rules.day_of(moment.now()))
        audit.record(user, "orders.breach_answered", f"breach {breach.key}", case=case, what=what)
    return made


@transaction.atomic
def look(
    user: User, case: Case, broken: Broken, found: str, words: str, *, at: dt.datetime | None = None
) -> StalkingCheck:
    """Record whether the breach was a further stalking offence, and why. Its task ends."""
    with cases._told(at):
        cases._hold(case)
        policies.check_looked_at(found, words)
        guarding.check(user, case, "shared", words)
        breach = broken.breach
        made = StalkingCheck.objects.create(
            **owned(user, case, breach=breach, found=found, words=words.strip())
        )
        title = "a further stalking offence" if found == StalkingCheck.Found.YES else "no further offence"
        _enter(user, case, breach, f"Breach: looked at as stalking: {title}", made.words)
        _end(user, case, breach, STALKING, f"{made.get_found_display()}.")
        audit.record(user, "orders.breach_checked", f"breach {breach.key}", case=case, found=found)
    return made


def _enter(user: User, case: Case, breach: Breach, title: str, words: str) -> None:
    cases.enter(user, case, KIND, title[:200], body=words, page=ONE, of_key=breach.key)


def _end(
    user: User, case: Case, breach: Breach, kind: str, why: str, *, state: str = Clock.State.DONE
) -> None:
    with as_service(PURPOSE):
        rows = Clock.objects.filter(case=case, kind=kind, of_key=breach.key, state=Clock.State.RUNNING)
        for clock in rows:
            clocks.end(user, clock, why=why, state=state)
