"""The only writer of lines that appear by themselves: what the incidents of a case call for, and who is told.

An incident whose act calls for a line joins the one that is open, or makes a new one where there is none: a
line that was done before says nothing about what the next incident left. Whoever does the lines has one task
a case and agency as long as new ones wait for an owner. A line that is due soon, or of which something is
lost soon, is a task of its own.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db import transaction

from lamplighter.courses.findings.time_limits import known_day
from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.cases import selectors as cases_selectors
from lamplighter.hub.cases.hooks import Event
from lamplighter.hub.cases.models import Case, Participation
from lamplighter.hub.cases.services import enter
from lamplighter.hub.cases.status import services as status
from lamplighter.hub.cases.status.states import OVER
from lamplighter.hub.clocks import hooks
from lamplighter.hub.clocks import selectors as clock_selectors
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.clocks.notices import end_of
from lamplighter.hub.enquiries import days, rules, selectors
from lamplighter.hub.enquiries.models import Call, Line
from lamplighter.hub.workforce import selectors as workforce
from lamplighter.reporting.words import count, listed

PURPOSE = "run clocks"
NEW, SOON = "enquiry.new", "enquiry.soon"
PAGE, ONE = "enquiries:page", "enquiries:line"
KIND = "enquiry"
LONGEST_TITLE = 200
# Of a kind of agency, the partition of its lines.
SIDE_OF = {Agency.Kind.POLICE.value: "police", Agency.Kind.ADVOCACY.value: "advocacy"}
# Where nobody of that side works on the case: coordinators, police and advocates, and nobody who works with
# the suspect.
NOBODYS = "warning"


def case_opened(case: Case) -> None:
    """Write down what the incidents that are known at the referral call for."""
    bring_up_to_date(case)


def happened(user: User | None, event: Event) -> None:
    """Write down what a new incident calls for, at once."""
    if event.name in ("report", "breach") or event.name.startswith("status."):
        bring_up_to_date(event.case)


def agencies_changed(user: User, case: Case) -> None:
    """Look again: a force or an advocacy service that now works on the case has its lines."""
    bring_up_to_date(case)


@transaction.atomic
def bring_up_to_date(case: Case) -> list[Line]:
    """Compare the lines of a case with what its incidents call for. Returns the lines that are new."""
    with as_service(PURPOSE):
        state = cases_selectors.current(case)
        if state is not None and state.name in OVER:
            _nothing_to_do(case)
            return []
        made = _appear(case)
        near(case)
    return made


def catch_up() -> int:
    """As the service: look at every case that somebody works on. Returns how many lines are new."""
    keys = list(CaseReport.objects.filter(ended_at=None).order_by().values_list("case", flat=True).distinct())
    keys += list(Line.objects.order_by().values_list("case", flat=True).distinct())
    found = Case.objects.filter(pk__in=set(keys)).order_by("pk")
    return sum(len(bring_up_to_date(case)) for case in found)


def _appear(case: Case) -> list[Line]:
    """As the service: the calls that are not there yet, each on the line that is open, or on a new one."""
    today = rules.day_of(moment.now())
    reports = list(CaseReport.objects.filter(case=case, ended_at=None).order_by("pk"))
    lines = selectors.lines(case)
    there = {(call.report_key, call.act, line.row.kind) for line in lines for call in line.calls}
    wanted: dict[str, list[Call]] = defaultdict(list)
    for report in reports:
        act_on = known_day(report.happened_at, report.precision or "exact")
        for kind, acts in rules.called_for(report.acts, today).items():
            wanted[kind] += [
                Call(report_key=report.report_key, act=act, act_on=act_on)
                for act in acts
                if (report.report_key, act, kind) not in there
            ]
    open_now = {line.row.kind: line.row for line in lines if not line.resolved}
    new: list[Line] = []
    for kind, calls in wanted.items():
        if not calls:
            continue
        line = open_now.get(kind)
        if line is None:
            line = _begin(case, kind, today)
            new.append(line)
        for call in calls:
            call.line, call.case, call.owner_id = line, case, line.owner_id
            call.partition, call.by, call.at = line.partition, None, moment.now()
            call.save(force_insert=True)
    if new:
        _tell(case, new)
    return new


def _begin(case: Case, kind: str, today: dt.date) -> Line:
    rule = rules.line(kind, today)
    if rule is None:
        raise LookupError(f"rules.toml of enquiries has no line {kind}.")
    agency, partition = whose(case, str(rule.extra["whose"]))
    return Line.objects.create(
        case=case,
        owner=agency,
        by=None,
        at=moment.now(),
        partition=partition,
        kind=kind,
        due_on=rules.due_on(rule, today),
    )


def whose(case: Case, kind: str) -> tuple[Agency, str]:
    """Return the agency of this kind that does a line of the case, and its side.

    The one that opened the case before another that works on it, and never one that the suspect works for.
    Where there is none: who decides on referrals, on the side of those who do not work with the suspect.
    """
    blind = workforce.blind(case)
    on_case = Participation.objects.filter(case=case, ended_at=None, agency__kind=kind)
    found = [p.agency for p in on_case.select_related("agency").order_by("at", "pk")]
    found = sorted((a for a in found if a.pk not in blind), key=lambda a: a.pk != case.owner_id)
    if found:
        return found[0], SIDE_OF[kind]
    hub = status.whose("hub", case, case.by) if case.by else None
    return hub or case.owner, NOBODYS


def _tell(case: Case, new: Iterable[Line]) -> None:
    """As the service: a line of the history and one task for each agency that has new lines."""
    of: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in new:
        of[line.owner_id, line.partition].append(line)
    today = rules.day_of(moment.now())
    text, due = rules.plan_by(moment.now())
    for (owner, partition), lines in of.items():
        agency = Agency.objects.get(pk=owner)
        names = listed(sorted(selectors.title(line, today) for line in lines), "and")
        titled = f"New lines of enquiry: {names}"
        enter(
            None,
            case,
            KIND,
            # A list that is cut off looks as if it were all of them.
            titled if len(titled) <= LONGEST_TITLE else f"{count(len(lines), 'new line')} of enquiry",
            partition=partition,
            page=PAGE,
            owner_id=owner,
        )
        running = Clock.objects.filter(case=case, kind=NEW, owner=agency, state=Clock.State.RUNNING)
        if running.filter(partition=partition).exists():
            continue
        clocks.start_for(
            agency,
            case,
            NEW,
            text,
            due_at=due,
            why=f"What was reported calls for: {names}.",
            partition=partition,
            page=PAGE,
            assigned_to=_lead(case, agency, NEW, partition),
        )


def _lead(case: Case, agency: Agency, kind: str, partition: str) -> User | None:
    """Who leads the case for the agency, unless they are blocked from it."""
    lead = hooks.lead_worker(case, agency, kind, partition)
    return lead if lead and not clock_selectors.is_kept_off(lead, case) else None


def near(case: Case, today: dt.date | None = None) -> int:
    """As the service: make tasks of the open lines that are due soon. Returns how many tasks are new."""
    today = today or rules.day_of(moment.now())
    within = rules.soon_days(today)
    running: Mapping[uuid.UUID | None, Clock] = {
        clock.of_key: clock for clock in Clock.objects.filter(case=case, kind=SOON, state=Clock.State.RUNNING)
    }
    started = 0
    for line in selectors.lines(case):
        clock = running.get(line.row.key)
        if line.resolved:
            continue
        due_on = line.due_on(today)
        if clock is not None:
            if (clock.due_at, clock.assigned_to_id) != (end_of(due_on), line.doer_id or clock.assigned_to_id):
                Clock.objects.filter(pk=clock.pk).update(
                    due_at=end_of(due_on), assigned_to=line.doer_id or clock.assigned_to_id
                )
            continue
        if days.is_soon(due_on, today, within):
            owner, partition = line.row.owner, line.row.partition
            clocks.start_for(
                owner,
                case,
                SOON,
                f"Line of enquiry: {selectors.title(line.row, today)}"[:200],
                due_at=end_of(due_on),
                why=line.why_now(today),
                partition=partition,
                assigned_to=line.doer or _lead(case, owner, SOON, partition),
                page=PAGE,
                of_key=line.row.key,
            )
            started += 1
    return started


def _nothing_to_do(case: Case) -> None:
    """As the service: end the tasks of lines where the hub's work on the case ended. The lines stay."""
    now = moment.now()
    for clock in Clock.objects.filter(case=case, kind__in=(NEW, SOON), state=Clock.State.RUNNING):
        clock.state, clock.ended_at = Clock.State.CANCELLED, now
        clock.ended_why = "The hub’s work on the case ended."
        clock.save(update_fields=["state", "ended_at", "ended_why"])
