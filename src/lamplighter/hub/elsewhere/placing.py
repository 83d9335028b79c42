"""The only writer of what a case has of an answer: brought, taken away, and who is told that it is new.

What the index found of a suspect is of the police on the case. Where no force works on it, it stays with
the services, and comes to the case when one does. Who must learn of something new is the force's lead worker,
by a task that says no more than that there is something to read; nobody else is told, on any side.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.cases import rules as cases_rules
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases import services as cases_services
from lamplighter.hub.cases.models import Case, Participation, Party
from lamplighter.hub.cases.status.states import OVER
from lamplighter.hub.clocks import hooks
from lamplighter.hub.clocks import selectors as clock_selectors
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.elsewhere import rules, selectors, tokens
from lamplighter.hub.elsewhere.models import Answer, Known
from lamplighter.hub.people import selectors as people
from lamplighter.hub.people.models import Membership
from lamplighter.hub.workforce import selectors as workforce

# The first reads answers and who is who, the second the cases: no service does both at once.
MATCH, TELL = "match an answer of the index", "tell a case who else knows"
NEWS = "elsewhere.news"
PAGE = "elsewhere:page"
KIND = "elsewhere"
_SAID = (
    *("suspect", "force", "force_name", "kind", "belief", "doubts", "forces_known"),
    *("contact_name", "contact_email", "contact_phone"),
)


def case_opened(case: Case) -> None:
    """Bring what was answered of the suspect before there was a case."""
    bring_up_to_date(case)


def people_changed(user: User, case: Case) -> None:
    """Look again: somebody corrected who the suspect is."""
    bring_up_to_date(case)


def agencies_changed(user: User, case: Case) -> None:
    """Look again: a force may have come to the case, or left it."""
    bring_up_to_date(case)


@transaction.atomic
def bring_up_to_date(case: Case) -> bool:
    """Make what a case has what the answers say of its suspect; return whether somebody was told of news."""
    with as_service(TELL):
        state = cases.current(case)
        agency = None if state is not None and state.name in OVER else _whose(case)
        suspects = Party.objects.filter(case=case, side=Party.Side.SUSPECT, replaced_at=None)
        persons = {p for p in suspects.values_list("person_id", flat=True) if p} if agency else set()
    with as_service(MATCH):
        answers = selectors.answers_about(persons) if persons else []
    with as_service(TELL):
        return _place(case, agency, answers)


def catch_up() -> int:
    """Look at every case that has an answer or whose suspect has; return how many were told of news.

    Links between records change by night, and with them whom an answer is about.
    """
    with as_service(MATCH):
        _match_again()
        records = Answer.objects.exclude(record_id="").filter(release__withdrawn_at=None)
        persons = set(people.person_of(set(records.values_list("record_id", flat=True))).values())
    with as_service(TELL):
        of = Party.objects.filter(side=Party.Side.SUSPECT, replaced_at=None, person_id__in=persons)
        keys = {*of.values_list("case_id", flat=True), *Known.objects.values_list("case_id", flat=True)}
        found = list(Case.objects.filter(pk__in=keys).order_by("pk"))
    return sum(bring_up_to_date(case) for case in found)


def _match_again() -> None:
    """As the service: find records that came after the answer; forget those whose record was erased."""
    held = dict(Membership.objects.filter(role="suspect").values_list("record_id", "report_id"))
    of_old = Answer.objects.exclude(record_id="").values_list("record_id", flat=True).distinct()
    Answer.objects.filter(record_id__in=set(of_old) - set(held)).delete()
    waiting = list(Answer.objects.filter(record_id="", release__withdrawn_at=None))
    record_of = tokens.by_token(held) if waiting else {}
    found = [row for row in waiting if row.suspect in record_of]
    for row in found:
        row.record_id = record_of[row.suspect]
        row.report_id = held[row.record_id]
    Answer.objects.bulk_update(found, ["record_id", "report_id"], batch_size=2_000)


def forget(report_ids: Collection[str]) -> dict[str, int]:
    """Forget the answers about records of erased reports, in every case too; return how many rows went."""
    with as_service(MATCH):
        about = Answer.objects.filter(report_id__in=list(report_ids))
        named = set(about.values_list("suspect", flat=True))
        answers, _ = about.delete()
    with as_service(TELL):
        known, _ = Known.objects.filter(suspect__in=named).delete()
    return {"elsewhere_answer": answers, "elsewhere_known": known}


def of_persons(persons: Iterable[str]) -> list[Case]:
    """Return the cases whose suspect is one of these people."""
    with as_service(TELL):
        of = Party.objects.filter(side=Party.Side.SUSPECT, replaced_at=None, person_id__in=set(persons))
        return list(Case.objects.filter(pk__in=of.values("case")).order_by("pk"))


def _whose(case: Case) -> Agency | None:
    """Return the force that what is known elsewhere is for: the first on the case that may see it."""
    blind = workforce.blind(case)
    on_case = Participation.objects.filter(case=case, ended_at=None, agency__kind=Agency.Kind.POLICE)
    return next(
        (p.agency for p in on_case.select_related("agency").order_by("at", "pk") if p.agency_id not in blind),
        None,
    )


def _place(case: Case, agency: Agency | None, answers: list[Answer]) -> bool:
    """As the service: add what is missing, take away what no answer says any more."""
    before = list(Known.objects.filter(case=case))
    there = {(row.release, row.suspect, row.force): row for row in before}
    wanted = {(a.release.name, a.suspect, a.force): a for a in answers}
    gone = [row.pk for key, row in there.items() if key not in wanted or _differs(row, wanted[key])]
    new = [key for key, a in wanted.items() if key not in there or _differs(there[key], a)]
    Known.objects.filter(pk__in=gone).delete()
    now = moment.now()
    if agency is not None:
        Known.objects.bulk_create(
            Known(
                case=case,
                owner=agency,
                by=None,
                at=now,
                release=wanted[key].release.name,
                as_at=wanted[key].release.as_at,
                forces_read=wanted[key].release.forces_read,
                forces_missing=wanted[key].release.forces_missing,
                **{name: getattr(wanted[key], name) for name in _SAID},
            )
            for key in new
        )
    running = Clock.objects.filter(case=case, kind=NEWS, state=Clock.State.RUNNING)
    if agency is None or not wanted:
        _nothing_to_read(running)
        return False
    known_before = {(row.suspect, row.force, row.kind) for row in before}
    if not any((wanted[key].suspect, wanted[key].force, wanted[key].kind) not in known_before for key in new):
        return False
    if running.exists():
        return False
    rule = rules.time("news", moment.now().date())
    lead = hooks.lead_worker(case, agency, NEWS, "police")
    clocks.start_for(
        agency,
        case,
        NEWS,
        rule.title,
        due_at=cases_rules.due(rule, now),
        why="A release of the national index came. The time is this hub’s own.",
        partition="police",
        page=PAGE,
        assigned_to=lead if lead and not clock_selectors.is_kept_off(lead, case) else None,
    )
    return True


def _differs(row: Known, answer: Answer) -> bool:
    return (
        any(getattr(row, name) != getattr(answer, name) for name in _SAID)
        or row.as_at != answer.release.as_at
    )


def _nothing_to_read(running: Iterable[Clock]) -> None:
    now = moment.now()
    for clock in running:
        clock.state, clock.ended_at = Clock.State.CANCELLED, now
        clock.ended_why = "There is nothing to read any more."
        clock.save(update_fields=["state", "ended_at", "ended_why"])


def withdrawn(case: Case, release: str) -> None:
    """Tell the police of a case, in its history, that a release which they could read was withdrawn."""
    with as_service(TELL):
        agency = _whose(case)
        if agency is not None:
            cases_services.enter(
                None,
                case,
                KIND,
                f"The national index withdrew release {release}. Do not rely on what it said.",
                partition="police",
                page=PAGE,
                owner_id=agency.pk,
            )
