"""The only writers of what a case shows of reports: one joins, changes or leaves, and everybody is told."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.access.wall.partitions import CASE_PARTITIONS, CASEWORK, Partition
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.arrivals import facts, presenters, rules, selectors
from lamplighter.hub.arrivals.configuration import READ, RISK
from lamplighter.hub.arrivals.facts import Facts, Pair
from lamplighter.hub.arrivals.models import CaseReport, Following, ReportRead
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import hooks
from lamplighter.hub.cases.models import Case, Participation, Party
from lamplighter.hub.cases.services import enter
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.people.matching import selectors as current_ids
from lamplighter.hub.workforce import selectors as workforce

PURPOSE = "tell a case of a report"
READS = "find patterns"
PAGE = "arrivals:reports"
KIND = "report"
AT_ONCE = 100
"""Cases in one transaction: a report that somebody saves meanwhile waits for one such."""
# The side on which an agency of each kind works; the rest of the hub works in what is shared.
SIDE_OF: Mapping[str, str] = {
    Agency.Kind.POLICE: "police",
    Agency.Kind.HEALTH: "health",
    Agency.Kind.PROBATION: "health",
    Agency.Kind.ADVOCACY: "advocacy",
}


def case_opened(case: Case) -> None:
    """Record what is known about the two people when a case opens, and from now on tell of what joins."""
    _bring_up_to_date([case.pk])


def persons_changed(person_ids: Collection[str], course_ids: Collection[str], new: Collection[str]) -> None:
    """Bring the cases of these persons and patterns up to date, and tell everybody on them what joined.

    Args:
        person_ids: whom a report, a link or a correction touched.
        course_ids: patterns that changed or are no more.
        new: reports that joined a pattern just now: news also to a case that is followed from today.
    """
    who = current_ids.everybody_who_is(person_ids) if person_ids else {}
    with as_service(PURPOSE):
        found = set(Case.objects.filter(course_id__in=set(course_ids) - {""}).values_list("pk", flat=True))
        parties = Party.objects.filter(person_id__in=[*who], replaced_at=None)
        found |= set(parties.values_list("case_id", flat=True))
    if found:
        _bring_up_to_date(found, set(new))


def catch_up() -> int:
    """Bring every case up to date: what a run over everything found, and cases that were opened before the
    hub told of reports. Returns how many cases there are."""
    with as_service(PURPOSE):
        found = list(Case.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(found), AT_ONCE):
        _bring_up_to_date(found[start : start + AT_ONCE])
    return len(found)


@transaction.atomic
def _bring_up_to_date(case_ids: Collection[int], new: Collection[str] = ()) -> None:
    """Compare what the cases show with what is known of their people. Each step as whoever may: those who
    read reports reach no case."""
    with as_service(PURPOSE):
        # One at a time for a case: two reports that come together are told once each.
        rows = Case.objects.select_for_update(of=("self",)).filter(pk__in=case_ids).order_by("pk")
        cases = {c.pk: c for c in rows}
        parties = list(Party.objects.filter(case__in=cases, replaced_at=None).exclude(person_id=""))
        shown: dict[int, dict[str, CaseReport]] = defaultdict(dict)
        for row in CaseReport.objects.filter(case__in=cases, ended_at=None):
            shown[row.case_id][str(row.report_key)] = row
        followed = set(Following.objects.filter(case__in=cases).values_list("case_id", flat=True))
    pairs = _pairs(cases.values(), parties)
    with as_service(READS):
        reports = facts.reports_of(set(pairs.values()))
        told = facts.of({r for ids in reports.values() for r in ids}, timezone.localdate(moment.now()))
        here = {pk: [told[r] for r in sorted(reports[pair]) if r in told] for pk, pair in pairs.items()}
        news = {str(told[r].report_key) for r in new if r in told}
        gone = {k for pk in cases for k in shown[pk]} - {
            str(f.report_key) for fs in here.values() for f in fs
        }
        held = ReportVersion.objects.filter(key__in=gone).order_by().values_list("key", "superseded_at")
        on_record = {str(key) for key, _ in held}
        standing = {str(key) for key, superseded in held if superseded is None}
    with as_service(PURPOSE):
        for pk, case in cases.items():
            _case(case, here[pk], shown[pk], news if pk not in followed else None, on_record, standing)


def _pairs(cases: Iterable[Case], parties: Iterable[Party]) -> dict[int, Pair]:
    of = list(parties)
    today = current_ids.everybody_who_is({p.person_id for p in of}) if of else {}
    sides: dict[int, dict[str, str]] = defaultdict(dict)
    for party in of:
        sides[party.case_id][party.side] = today[party.person_id]
    return {
        c.pk: Pair(
            c.course_id, sides[c.pk].get(Party.Side.VICTIM, ""), sides[c.pk].get(Party.Side.SUSPECT, "")
        )
        for c in cases
    }


def _case(
    case: Case,
    here: list[Facts],
    shown: Mapping[str, CaseReport],
    news: Collection[str] | None,
    on_record: Collection[str],
    standing: Collection[str],
) -> None:
    """One case. ``news``: what is news to it although it is followed only from now; ``None``: all of it."""
    agencies = list(Participation.objects.filter(case=case, ended_at=None).select_related("agency"))
    owners = {p.agency_id for p in agencies}
    joining: list[CaseReport] = []
    for told in here:
        key = str(told.report_key)
        before = shown.get(key)
        if before is not None:
            if not _same(Facts.of(before), told):
                _end(before, CaseReport.Ended.CHANGED)
                _add(case, told, owners, news=before.news, since=before.since)
            continue
        made = _add(case, told, owners, news=news is None or key in news, since=moment.now())
        if made.news:
            joining.append(made)
    if news is not None:
        Following.objects.create(case=case, owner_id=case.owner_id, by=None, at=moment.now())
    for key in sorted(shown.keys() - {str(f.report_key) for f in here}):
        _left(case, shown[key], on_record=key in on_record, stands=key in standing)
    if joining:
        # Nobody of an agency that the suspect works for finds the case: the outside team is told.
        blind = workforce.blind(case)
        _tell(case, joining, [p.agency for p in agencies if p.agency_id not in blind])
        for row in joining:
            breach = facts.BREACH in row.acts or row.recorded_as.startswith(facts.BREACH)
            name = "breach" if breach else "report"
            at = row.happened_at or row.reported_at
            day = at.date() if at else timezone.localdate(moment.now())
            hooks.happened(None, hooks.Event(case, name, day, row.report_key))


def _same(one: Facts, other: Facts) -> bool:
    """Whether nothing that is told changed. The rule of another day alone changes nothing."""
    return {**one.columns(), "rule": ""} == {**other.columns(), "rule": ""}


def _add(case: Case, told: Facts, on_it: Collection[str], *, news: bool, since: dt.datetime) -> CaseReport:
    # What a report tells belongs to who sent it, where they can answer for it on this case.
    owner = told.agency if told.agency in on_it else case.owner_id
    row = {"case": case, "owner_id": owner, "by": None, "at": moment.now()}
    return CaseReport.objects.create(**row, news=news, since=since, **told.columns())


def _end(row: CaseReport, why: str) -> None:
    CaseReport.objects.filter(pk=row.pk).update(ended_at=moment.now(), ended_why=why)


def _left(case: Case, row: CaseReport, *, on_record: bool, stands: bool) -> None:
    """The report is the case's no more: said in its history, or, where it was erased, nothing left of it."""
    if not on_record:
        CaseReport.objects.filter(case=case, report_key=row.report_key).delete()
        return
    why = CaseReport.Ended.LEFT if stands else CaseReport.Ended.WITHDRAWN
    _end(row, why)
    title = presenters.left(row, why)
    enter(None, case, KIND, title[:200], page=PAGE)
    _nothing_to_read(case, title)
    audit.record(None, "arrivals.report_left", f"case {case.key}", case=case, why=str(why))


def _nothing_to_read(case: Case, why: str) -> None:
    """End the tasks of reading what is no more. A review of the risk stays: somebody may have acted on it."""
    still = CaseReport.objects.filter(case=case, news=True, ended_at=None)
    for clock in Clock.objects.filter(case=case, kind=READ, state=Clock.State.RUNNING):
        if not still.filter(since__gte=clock.starts_at - dt.timedelta(seconds=1)).exists():
            now = moment.now()
            Clock.objects.filter(pk=clock.pk).update(
                state=Clock.State.CANCELLED, ended_at=now, ended_why=why[:200]
            )


def _tell(case: Case, joining: Collection[CaseReport], agencies: Collection[Agency]) -> None:
    """In the history, once a report; on the list of each agency, once as long as nobody there has read it."""
    for row in joining:
        enter(None, case, KIND, presenters.joined(row)[:200], body=presenters.detail(row), page=PAGE)
    now = moment.now()
    words = presenters.why(list(joining))
    running = set(
        Clock.objects.filter(case=case, kind__in=(READ, RISK), state=Clock.State.RUNNING).values_list(
            "kind", "owner_id"
        )
    )
    for kind, page in ((READ, PAGE), (RISK, "")):
        text, due_at = rules.limit(kind, now)
        for agency in agencies:
            if (kind, agency.code) not in running:
                clocks.start_for(
                    agency,
                    case,
                    kind,
                    text,
                    due_at=due_at,
                    why=words,
                    partition=partition_of(agency),
                    page=page,
                )
    audit.record(
        None,
        "arrivals.case_told",
        f"case {case.key}",
        operation=Operation.DISCLOSURE,
        case=case,
        reports=[str(row.report_key) for row in joining],
    )


def partition_of(agency: Agency) -> str:
    """Return the partition of this agency's tasks: its own side if all its people read that, else shared."""
    side = SIDE_OF.get(agency.kind, "")
    if not side:
        return "shared"
    roles = User.objects.working().filter(agency=agency, role__in=CASEWORK).values_list("role", flat=True)
    return side if all(_reads(CASE_PARTITIONS[side], role, agency.kind) for role in set(roles)) else "shared"


def _reads(partition: Partition, role: str, kind: str) -> bool:
    return any(role in r.roles and r.kind in (None, kind) for r in partition.readers)


@transaction.atomic
def read(user: User, case: Case) -> int:
    """This person has read what is new on the case; the task of their agency is done. Returns how many."""
    rows = selectors.unread(user, case)
    ReportRead.objects.bulk_create(
        [ReportRead(user=user, row_key=row.key, at=timezone.now()) for row in rows], ignore_conflicts=True
    )
    running = Clock.objects.filter(case=case, kind=READ, owner=user.agency_id, state=Clock.State.RUNNING)
    ended = [clocks.end(user, clock, why="Read.") for clock in running]
    if rows or ended:
        audit.record(user, "arrivals.read", f"case {case.key}", case=case, rows=len(rows))
    return len(rows)
