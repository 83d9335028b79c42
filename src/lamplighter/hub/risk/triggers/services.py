"""The only writers of triggers: what makes a re-assessment due, who is told, and who is not.

A trigger is a row of the partition in which it is known. One that is shared puts a task on the list of each
agency on the case, at once and in the same transaction. One of a side's own puts a task on the list of the
agency that recorded it, and nowhere else: neither a row, a line of the history nor a task of another side
says that something happened. Whoever wants the others to judge again without saying why asks for it
(``asked``): that row names nobody and says nothing.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import Max

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.arrivals.configuration import RISK
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.arrivals.services import partition_of
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import selectors as cases_selectors
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.hooks import Event
from lamplighter.hub.cases.models import Case, Participation
from lamplighter.hub.cases.status import services as status
from lamplighter.hub.cases.status.states import OVER
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.risk import policies, rules, selectors
from lamplighter.hub.risk.models import Trigger, TriggerAside
from lamplighter.hub.risk.selectors import AGAIN, DUE, FIRST, LOWER
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import ConflictError
from lamplighter.hub.workforce import selectors as workforce
from lamplighter.vocabulary.working_days import LONDON

PURPOSE = "run clocks"
KIND = "risk.trigger"
PAGE = "risk:page"
ASKED = "asked"
REPORT = "new_incident"
WARNING = "warning"
# A service wrote the line of these.
IN_THE_HISTORY = (REPORT, WARNING)
# What the services of other contexts record, as a trigger.
OF_EVENT = {
    "report": REPORT,
    "breach": "breach",
    "legal.charged": "charge",
    "legal.probation": "release",
    "legal.no_action": "bail_change",
    "legal.acquitted": "bail_change",
    "legal.convicted": "court_date",
    "order.bail_changed": "bail_change",
    "order.ending": "order_ending",
    "order.hearing": "court_date",
    "victim.moved": "victim_moved",
    "victim.unsure": "victim_withdrew",
    "warning": WARNING,
}
# In these nobody assesses at an interval: the hub does no work, or none any more.
AT_REST = OVER


def case_opened(case: Case) -> None:
    """Ask for the first assessment when a case opens."""
    if case.by is not None:
        _first(case.by, case)


def _first(user: User, case: Case) -> None:
    title, due = rules.limit("first", moment.now())
    with as_service(PURPOSE):
        clocks.start(
            user,
            case,
            FIRST,
            title,
            due_at=due,
            why="Each case is assessed when it opens, within this hub’s own time.",
            owner=status.whose("hub", case, user),
            page=PAGE,
        )


def happened(user: User | None, event: Event) -> None:
    """Take what another context recorded: a trigger, or a case that begins or ends to be worked on."""
    if event.name.startswith("status."):
        if user is not None:
            _state(user, event.case, event.name.removeprefix("status."))
    elif kind := OF_EVENT.get(event.name):
        raise_(
            user,
            event.case,
            kind,
            happened_on=event.day,
            partition=event.partition,
            of_key=event.of_key,
        )


def _state(user: User, case: Case, state: str) -> None:
    """End the tasks of assessing where the hub's work ends; begin them again where it goes on."""
    with as_service(PURPOSE):
        rows = Clock.objects.filter(case=case, kind__in=(FIRST, DUE, AGAIN, LOWER), state=Clock.State.RUNNING)
        if state in AT_REST:
            for clock in rows:
                clocks.end(user, clock, why="The hub’s work on the case ended.", state=Clock.State.CANCELLED)
            return
        missing = not rows.filter(kind__in=selectors.ROUTINE).exists()
        before = Clock.objects.filter(case=case, kind__in=selectors.ROUTINE).order_by("-pk").first()
    if missing and before is not None:
        # It was ended with the work, which goes on: judged anew, whatever was judged then.
        _first(user, case)


@transaction.atomic
def raise_(
    user: User | None,
    case: Case,
    kind: str,
    *,
    happened_on: dt.date,
    words: str = "",
    partition: str = "shared",
    of_key: uuid.UUID | None = None,
) -> Trigger | None:
    """Record a trigger and put the re-assessment on the lists of those who may know. ``None``: it is there.

    ``user``: who recorded what it comes from; ``None``: the hub found it.
    """
    there = Trigger.objects.filter(case=case, kind=kind, of_key=of_key, partition=partition)
    if of_key and there.exists():
        return None
    row = {"kind": kind, "happened_on": happened_on, "words": words, "partition": partition, "of_key": of_key}
    if user is not None and kind != ASKED:
        made = Trigger.objects.create(**owned(user, case, **row))
    else:
        # Of nobody: who asked, and that they had something to ask for, is not for the others to know.
        with as_service(PURPOSE):
            made = Trigger.objects.create(case=case, owner_id=case.owner_id, by=None, at=moment.now(), **row)
    title = rules.title("trigger", kind)
    with as_service(PURPOSE):
        if kind not in IN_THE_HISTORY:
            cases.enter(
                None if kind == ASKED else user,
                case,
                KIND,
                f"Risk to be assessed again: {title}"[:200],
                partition=partition,
                body=words,
                page=PAGE,
                of_key=made.key,
                owner_id=made.owner_id,
            )
        if partition == "shared":
            _tell_everybody(case, made, title)
        elif partition == selectors.WARNED:
            _tell_the_warned(case, made, title)
        else:
            own = Agency.objects.get(pk=made.owner_id)
            _tell(own, case, made, title, partition, of_key=made.key)
    audit.record(user, "risk.triggered", f"trigger {made.key}", case=case, partition=partition)
    return made


def _tell_everybody(case: Case, made: Trigger, title: str) -> None:
    """As the service: one task an agency on the case, except where a report has brought the same already."""
    for agency in _on_the_case(case):
        _tell(agency, case, made, title, partition_of(agency))


def _tell_the_warned(case: Case, made: Trigger, title: str) -> None:
    """As the service: one task an agency that reads warnings. Nobody who works with the suspect does."""
    for agency in _on_the_case(case):
        if selectors.reads_warnings(agency):
            _tell(agency, case, made, title, selectors.WARNED, of_key=made.key)


def _on_the_case(case: Case) -> list[Agency]:
    """As the service. Nobody of an agency that the suspect works for finds the case."""
    blind = workforce.blind(case)
    joined = Participation.objects.filter(case=case, ended_at=None).select_related("agency").order_by("pk")
    return [p.agency for p in joined if p.agency_id not in blind]


def _tell(
    agency: Agency, case: Case, made: Trigger, title: str, partition: str, *, of_key: uuid.UUID | None = None
) -> None:
    """As the service: the task of one agency. The sooner of two that wait goes on; never two of one side."""
    due = rules.due(rules.held("trigger", made.kind, rules.day_of(made.at)), made.at)
    running = Clock.objects.filter(case=case, owner=agency, state=Clock.State.RUNNING)
    # Told late of an earlier day, it leaves alone what came after.
    mine = running.filter(starts_at__lte=made.at)
    if made.kind == REPORT and mine.filter(kind=RISK).exists():
        return  # "Review the risk after the new report" is the same task.
    for clock in mine.filter(kind=AGAIN, partition=partition, of_key__isnull=of_key is None):
        if clock.due_at <= due:
            return
        clocks.end(made.by, clock, why="It is due sooner now.", state=Clock.State.CANCELLED)  # type: ignore[arg-type]  # nobody, where a rule set it off
    clocks.start_for(
        agency,
        case,
        AGAIN,
        "Assess the risk again: something changed",
        due_at=due,
        why=f"{title}.",
        partition=partition,
        page=PAGE,
        of_key=of_key,
    )


def sides(user: User) -> list[str]:
    """Return the sides on which this person can record a trigger, their own first."""
    return form_readers.of(user)


@transaction.atomic
def record(
    user: User, case: Case, kind: str, happened_on: dt.date, words: str = "", *, side: str = "shared"
) -> Trigger | None:
    """Record by hand that something happened. Who reads ``side`` is told, and nobody else.

    Raises ``NotPossibleError``, also for words that repeat the vault.
    """
    cases._hold(case)
    policies.check_trigger(kind, happened_on, words, side, sides(user), rules.day_of(moment.now()))
    guarding.check(user, case, side, words)
    if kind == ASKED:
        words, side = "", "shared"
    return raise_(user, case, kind, happened_on=happened_on, words=words.strip(), partition=side)


@transaction.atomic
def set_aside(user: User, case: Case, row: Trigger, reason: str) -> TriggerAside:
    """Set a trigger aside without an assessment, for a reason. Its tasks end where no other is open.

    Raises ``ConflictError`` where somebody set it aside, or assessed, meanwhile.
    """
    cases._hold(case)
    policies.check_reason(reason)
    open_now = selectors.triggers_open(case)
    if row.pk not in {one.pk for one in open_now}:
        raise ConflictError(
            "Nothing waits for this any more: it was set aside, or the risk was assessed since."
        )
    guarding.check(user, case, row.partition, reason)
    made = TriggerAside.objects.create(
        **owned(user, case, partition=row.partition, trigger=row, reason=reason.strip())
    )
    cases.enter(
        user,
        case,
        KIND,
        f"Set aside, without an assessment: {rules.title('trigger', row.kind)}"[:200],
        partition=row.partition,
        body=made.reason,
        page=PAGE,
        of_key=row.key,
    )
    others = [one for one in open_now if one.pk != row.pk and one.partition == row.partition]
    if not others:
        with as_service(PURPOSE):
            rows = Clock.objects.filter(case=case, kind__in=(AGAIN, RISK), state=Clock.State.RUNNING)
            if row.partition == "shared":
                rows = rows.filter(of_key=None)
            else:
                rows = rows.filter(partition=row.partition, of_key__isnull=False)
                rows = rows if row.partition == selectors.WARNED else rows.filter(owner=row.owner_id)
            for clock in rows:
                clocks.end(user, clock, why="It was set aside, with a reason.", state=Clock.State.CANCELLED)
    audit.record(user, "risk.trigger_set_aside", f"trigger {row.key}", case=case, fields=["reason"])
    return made


def find_silence(now: dt.datetime | None = None) -> int:
    """As the service: raise silence where many reports were followed by none. Returns how many there were.

    Counted from the acts of the reports that a case shows; each silence is raised once.
    """
    now = now or moment.now()
    rule = rules.one("silence", rules.day_of(now)).extra
    last_act = CaseReport.objects.filter(ended_at=None, happened_at__isnull=False).values("case")
    quiet_from = (now - dt.timedelta(days=rule["quiet_days"])).astimezone(LONDON).replace(tzinfo=None)
    lately = quiet_from - dt.timedelta(days=rule["within_days"])
    found = 0
    for row in last_act.annotate(last=Max("happened_at")).filter(last__lte=quiet_from, last__gt=lately):
        case = Case.objects.select_for_update(of=("self",)).get(pk=row["case"])
        state = cases_selectors.current(case)
        acts = CaseReport.objects.filter(case=case, ended_at=None, happened_at__lte=row["last"])
        acts = acts.filter(happened_at__gt=row["last"] - dt.timedelta(days=rule["within_days"]))
        if state is None or state.name in AT_REST or acts.count() < rule["reports"]:
            continue
        of = acts.order_by("-happened_at", "-pk").first()
        day = rules.day_of(now)
        if of and raise_(None, case, "silence", happened_on=day, of_key=of.report_key):
            found += 1
    return found
