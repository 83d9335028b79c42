"""The only writers of checks and warnings. What crosses from one side to the other is written here alone.

A person writes on their own side. Then a service writes what the other side is told: that
a check is asked for and by when; "go on" or "not yet"; the message of a warning. It copies no other column.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.concurrent_edits import one_at_a_time
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import configuration as states
from lamplighter.hub.cases import hooks
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case, Participation
from lamplighter.hub.cases.participants import selectors as people
from lamplighter.hub.cases.participants import services as lead_workers
from lamplighter.hub.cases.status import services as deadlines
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.safeguarding import policies, rules, selectors
from lamplighter.hub.safeguarding.models import (
    Answer,
    Check,
    CheckAnswer,
    CheckAsk,
    CheckNews,
    DangerWarning,
    WarningMessage,
    When,
    WithoutCheck,
)

SUSPECT, VICTIM, WARNED = "health", "advocacy", "warning"
ASKING, WARNING = "ask for a safety check", "warn of danger"
CHECK, FIND, LATE, ACT = "safety.check", "safety.find_advocate", "safety.overdue", "safety.warning"
LATE_TEXT = {
    CHECK: "Ask the advocacy service: a check on the victim’s side is overdue",
    ACT: "Ask the agency that has it: a warning of danger has not been acted on",
}
# The first half of the lock; the case is the second.
LOCK = 72139
What = CheckNews.What


def _hold(case: Case) -> None:
    """One at a time on the checks of a case, until the transaction ends."""
    one_at_a_time(case.pk, LOCK)


# The check, as the suspect's side asks for it -------------------------------------------------------------


@transaction.atomic
def ask(user: User, case: Case, *, required: bool) -> CheckAsk:
    """Ask the victim's advocate for the check, before direct work starts.

    Where no advocacy service works on the case, the coordinator is asked to find one.
    Raises ``NotPossibleError`` while one's agency waits for an answer.
    """
    _hold(case)
    policies.check_ask(selectors.standing(case, user.agency_id))
    return _ask(user, case, When.BEFORE, required=required)


@transaction.atomic
def starts(user: User, case: Case, *, required: bool, without: str) -> bool:
    """Refuse direct work that no check lets start; return whether it goes on ``without`` one, for a reason.

    Raises ``NotPossibleError``. Then :func:`started` records it.
    """
    _hold(case)
    return policies.check_start(selectors.standing(case, user.agency_id), required, without, moment.now())


@transaction.atomic
def started(user: User, case: Case, enrolment: Any, *, without: str) -> WithoutCheck:
    """Record that required work goes on before the check, and tell the victim's advocate at once."""
    made = WithoutCheck.objects.create(**owned(user, case, enrolment=enrolment, why=without))
    title = "Required work went on before the check on the victim’s side"
    _note(user, case, "safety_check", title, made.key)
    audit.record(
        user, "safeguarding.went_on", f"enrolment {enrolment}", case=case, fields=["why"], reason=without
    )
    waiting = selectors.standing(case, user.agency_id)
    if waiting is None or waiting.answer or waiting.when == When.END:
        _ask(user, case, When.BEFORE, required=True, enrolment=enrolment, begun=True)
    else:
        with as_service(ASKING):
            _send(user, waiting.ask, begun=True)
    return made


@transaction.atomic
def ended(user: User, case: Case, enrolment: Any, *, required: bool) -> CheckAsk:
    """Tell the victim's advocate that direct work has ended, not how or why, and ask for the check again."""
    _hold(case)
    return _ask(user, case, When.END, required=required, enrolment=enrolment)


def _ask(
    user: User, case: Case, when: str, *, required: bool, enrolment: Any = None, begun: bool = False
) -> CheckAsk:
    _, due = rules.limit(_limit(when, begun), moment.now())
    row = {"when": when, "required": required, "enrolment": enrolment, "due_at": due}
    made = CheckAsk.objects.create(**owned(user, case, **row))
    title = f"Check on the victim’s side asked for: {made.get_when_display().lower()}"
    _note(user, case, "safety_check", title, made.key)
    audit.record(user, "safeguarding.check_asked", f"check {made.key}", case=case, fields=["when"], to=when)
    with as_service(ASKING):
        _send(user, made, begun=begun)
    return made


def _limit(when: str, begun: bool) -> str:
    return "check_end" if when == When.END else "check_begun" if begun else "check_before"


def _note(user: User, case: Case, verb: str, title: str, key: Any) -> None:
    page = "safeguarding:warned" if verb == "warned" else "safeguarding:checks"
    cases.enter(user, case, f"intervention.{verb}", title, partition=SUSPECT, page=page, of_key=key)


def _send(user: User | None, ask: CheckAsk, *, begun: bool = False) -> None:
    """As the service: put the check before an advocate; where there is none, the coordinator finds one."""
    case, now = ask.case, moment.now()
    agency, advocate = _advocate(case)
    if agency is None:
        _find_advocate(user, case)
        _tell(ask, What.NO_ADVOCATE)
        return
    title, due = rules.limit(_limit(ask.when, begun), now)
    made = Check.objects.create(
        case=case,
        owner=agency,
        at=now,
        ask=ask.key,
        when=ask.when,
        required=ask.required,
        begun=begun,
        due_at=due,
    )
    _stop(user, case, [CHECK], _earlier(case, ask, made), "It is asked for anew.")
    clocks.start_for(
        agency,
        case,
        CHECK,
        title,
        due_at=due,
        why="Those who work with the suspect read “go on” or “not yet”, and no word of what you write.",
        partition=VICTIM,
        page="safeguarding:sign",
        of_key=made.key,
        assigned_to=advocate,
    )
    cases.enter(
        None,
        case,
        "victim.check",
        title,
        partition=VICTIM,
        page="safeguarding:victim_checks",
        of_key=made.key,
        owner_id=agency.pk,
    )
    _tell(ask, What.SENT)


def _earlier(case: Case, ask: CheckAsk, made: Check) -> list[Any]:
    rows = Check.objects.filter(case=case, ask=ask.key).exclude(pk=made.pk)
    return list(rows.values_list("key", flat=True))


def _advocate(case: Case) -> tuple[Agency | None, User | None]:
    """As the service: the advocacy service to ask, and its advocate of the case or lead worker."""
    from lamplighter.hub.victim_side import selectors as victim

    on_case = Participation.objects.filter(case=case, ended_at=None, agency__kind=Agency.Kind.ADVOCACY)
    there = [row.agency for row in on_case.select_related("agency").order_by("at", "pk")]
    found = victim.advocate(case)
    if found and found.advocate.works and found.advocate.agency in there:
        return found.advocate.agency, _can_open(case, VICTIM, found.advocate.agency, found.advocate)
    for agency in there:
        if worker := _can_open(case, VICTIM, agency, lead_workers.holder(case, agency, CHECK, VICTIM)):
            return agency, worker
    return (there[0], None) if there else (None, None)


def _can_open(case: Case, partition: str, agency: Agency, worker: User | None) -> User | None:
    """``worker``, unless they are kept off the case or cannot read the partition."""
    if worker is None or not form_readers.reads(worker, partition, agency.pk):
        return None
    return worker if people.on_the_case(case, partition, agency.pk).filter(pk=worker.pk).exists() else None


def _coordinating(user: User | None, case: Case) -> Agency:
    return deadlines.whose(states.HUB, case, user or User()) or case.owner


def _find_advocate(user: User | None, case: Case) -> None:
    if Clock.objects.filter(case=case, kind=FIND, state=Clock.State.RUNNING).exists():
        return
    title, due = rules.limit(FIND.removeprefix("safety."), moment.now())
    clocks.start_for(
        _coordinating(user, case),
        case,
        FIND,
        title,
        due_at=due,
        why="No advocacy service works on this case. Add one: a check on the victim’s side waits for it.",
        partition="shared",
        page="cases:agencies",
    )


def _tell(ask: CheckAsk, what: str) -> CheckNews:
    """As the service: what came back, for the agency that asked."""
    return CheckNews.objects.create(case=ask.case, owner_id=ask.owner_id, at=moment.now(), ask=ask, what=what)


def agencies_changed(user: User, case: Case) -> None:
    """Put every check that waits before an advocate who is on the case now, as the service."""
    with as_service(ASKING):
        on_case = Participation.objects.filter(case=case, ended_at=None)
        there = set(on_case.values_list("agency_id", flat=True))
        agency, _ = _advocate(case)
        if agency is not None:
            _stop(user, case, [FIND], None, "An advocacy service works on the case.", Clock.State.DONE)
        for waiting in reversed(selectors.asks(case)):
            held = Check.objects.filter(case=case, ask=waiting.ask.key).order_by("-pk").first()
            orphaned = not waiting.answer and (held is None or held.owner_id not in there)
            # Where the coordinator is looking for one already, nothing has changed.
            sent = bool(waiting.news) and waiting.news[-1].what == What.SENT
            if orphaned and held is not None:
                _stop(user, case, [CHECK], [held.key], "That service no longer works on the case.")
            if orphaned and (agency is not None or sent):
                _send(user, waiting.ask, begun=bool(held and held.begun))


def _stop(
    user: User | None,
    case: Case,
    kinds: list[str],
    of: list[Any] | None,
    why: str,
    state: str = Clock.State.CANCELLED,
) -> None:
    """As the service: end tasks of these kinds; ``of``: of these rows alone."""
    rows = Clock.objects.filter(case=case, kind__in=kinds, state=Clock.State.RUNNING)
    for clock in rows if of is None else rows.filter(of_key__in=of):
        clock.state, clock.ended_at, clock.ended_by, clock.ended_why = state, moment.now(), user, why
        clock.save(update_fields=["state", "ended_at", "ended_by", "ended_why"])


# The check, as an advocate signs it -----------------------------------------------------------------------


@transaction.atomic
def sign(user: User, case: Case, check: Check, *, seen: str = "", **given: Any) -> CheckAnswer:
    """Sign the check. Who asked learns "go on" or "not yet"; every other word stays on the victim's side.

    ``given``: the columns of :class:`CheckAnswer`. Signed again, the newest counts. ``seen`` is
    the key of the answer that the writer read, "" for none.
    """
    _hold(case)
    policies.check_signature(given)
    newest = CheckAnswer.objects.filter(check_row__ask=check.ask, case=case).order_by("-pk").first()
    policies.check_seen(newest, seen)
    if given["told"] == CheckAnswer.Told.YES:
        given["told_why"] = ""
    made = CheckAnswer.objects.create(**owned(user, case, check_row=check, **given))
    for clock in Clock.objects.filter(case=case, kind=CHECK, of_key=check.key, state=Clock.State.RUNNING):
        clocks.end(user, clock, why="It was signed.")
    cases.enter(
        user,
        case,
        "victim.check",
        f"Check on the victim’s side signed: {made.get_answer_display().lower()}",
        partition=VICTIM,
        page="safeguarding:victim_checks",
        of_key=check.key,
    )
    audit.record(
        user,
        "safeguarding.check_signed",
        f"check {check.ask}",
        operation=Operation.DISCLOSURE,
        case=case,
        fields=["answer"],
        to=made.answer,
    )
    with as_service(ASKING):
        of_it = Clock.objects.filter(case=case, kind=CHECK, of_key=check.key).values_list("key", flat=True)
        _stop(user, case, [LATE], list(of_it), "It was signed.", Clock.State.DONE)
        asked = CheckAsk.objects.get(key=check.ask)
        _tell(asked, made.answer)
        cases.enter(
            None,
            case,
            "intervention.safety_check",
            f"Check on the victim’s side answered: {Answer(made.answer).label.lower()}",
            partition=SUSPECT,
            page="safeguarding:checks",
            of_key=asked.key,
            owner_id=asked.owner_id,
        )
    return made


# The warning ----------------------------------------------------------------------------------------------


@transaction.atomic
def warn(
    user: User, case: Case, *, in_danger: list[str], how_soon: str, heard: str, message: str, basis: str
) -> DangerWarning:
    """Warn the police, the advocates and the coordinator of the case at once, with ``message`` alone.

    ``heard`` stays on the side of ``user``. Each agency that is warned gets the message and a task in hours.
    Raises ``NotPossibleError``.
    """
    now = moment.now()
    given = {"in_danger": in_danger, "how_soon": how_soon, "heard": heard, "message": message, "basis": basis}
    policies.check_warning(given, timezone.localdate(now))
    title, due = rules.limit("warning_now" if how_soon == "now" else "warning_later", now)
    with as_service(WARNING):
        told = _whom(user, case)
    made = DangerWarning.objects.create(
        **owned(user, case, due_at=due, sent_to=[agency.pk for agency in told], **given)
    )
    _note(user, case, "warned", "Warned: somebody may be in danger", made.key)
    audit.record(
        user,
        "safeguarding.warned",
        f"warning {made.key}",
        operation=Operation.DISCLOSURE,
        case=case,
        fields=["in_danger", "how_soon", "message"],
        basis=basis,
        to=", ".join(made.sent_to),
    )
    with as_service(WARNING):
        for agency in told:
            _warn(user, made, agency, title, due)
    # Each side judges the risk again by what it read: what was heard, or the message.
    day = timezone.localdate(now)
    hooks.happened(user, hooks.Event(case, "warning", day, made.key, SUSPECT))
    hooks.happened(None, hooks.Event(case, "warning", day, made.key, WARNED))
    return made


def _whom(user: User, case: Case) -> list[Agency]:
    """As the service: the police forces and advocacy services on the case, and whoever coordinates it."""
    on_case = Participation.objects.filter(case=case, ended_at=None).select_related("agency")
    kinds = {Agency.Kind.POLICE, Agency.Kind.ADVOCACY}
    found = [row.agency for row in on_case.order_by("at", "pk") if row.agency.kind in kinds]
    coordinating = _coordinating(user, case)
    if coordinating.kind not in {Agency.Kind.HEALTH, Agency.Kind.PROBATION}:
        found.append(coordinating)
    return list({agency.pk: agency for agency in found}.values())


def _warn(user: User, of: DangerWarning, agency: Agency, title: str, due: dt.datetime) -> None:
    row = {"in_danger": of.in_danger, "how_soon": of.how_soon, "message": of.message, "basis": of.basis}
    made = WarningMessage.objects.create(
        **owned(user, of.case, warning=of.key, sender_id=of.owner_id, due_at=due, **row) | {"owner": agency}
    )
    cases.enter(
        user,
        of.case,
        "warning",
        "Warning: somebody may be in danger",
        partition=WARNED,
        body=of.message,
        page="safeguarding:warnings",
        of_key=made.key,
        owner_id=agency.pk,
    )
    # Not by clocks.start, which gives it to the lead worker, whether or not they are kept off the case.
    clocks.start_for(
        agency,
        of.case,
        ACT,
        # Everybody who is warned reads the tasks of all: each says whose it is.
        f"{title}: {agency.name}"[:200],
        due_at=due,
        why="Somebody who works with the suspect sent a message to act on. Record what you did.",
        partition=WARNED,
        page="safeguarding:warnings",
        of_key=made.key,
        assigned_to=_who_acts(of.case, agency),
    )


def _who_acts(case: Case, agency: Agency) -> User | None:
    """As the service: the advocate of the case, or the agency's lead worker; ``None``: the whole team."""
    if agency.kind == Agency.Kind.ADVOCACY:
        with as_service(ASKING):
            found, advocate = _advocate(case)
        if found == agency and advocate is not None:
            return _can_open(case, WARNED, agency, advocate)
    return _can_open(case, WARNED, agency, lead_workers.holder(case, agency, ACT, WARNED))


# What is overdue ------------------------------------------------------------------------------------------


@transaction.atomic
def escalate(now: dt.datetime | None = None) -> int:
    """Put what is overdue before whoever coordinates the case, as the service that runs clocks.

    Return how many. The coordinator learns that a check or a warning is overdue, and with whom.
    """
    now = now or moment.now()
    late = Clock.objects.filter(kind__in=(CHECK, ACT), state=Clock.State.RUNNING, due_at__lt=now)
    said = Clock.objects.filter(kind=LATE, of_key__in=late.values("key"))
    told = {key for key in said.values_list("of_key", flat=True) if key}
    made = 0
    for clock in late.exclude(key__in=told).select_related("case__owner", "owner").order_by("due_at"):
        agency = _coordinating(None, clock.case)
        if clock.kind == ACT and agency.pk == clock.owner_id:
            continue  # It is on their own list.
        _, due = rules.limit("overdue", now)
        clocks.start_for(
            agency,
            clock.case,
            LATE,
            LATE_TEXT[clock.kind],
            due_at=due,
            why=f"{clock.owner.name} has not done it in time.",
            partition=WARNED if clock.kind == ACT else "shared",
            of_key=clock.key,
        )
        made += 1
    return made
