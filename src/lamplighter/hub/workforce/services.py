"""The only writer here: mark, name the outside team, see to the standards route, end a marker that was wrong.

A marker is written as a service: whoever sets it may be of the marked agency, and then may not read it from
that moment on. Nothing of a marker names the suspect, on the trail neither.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import IntegrityError, connection, transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases.models import Case
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.hub.workforce import policies, rules, selectors
from lamplighter.hub.workforce.models import (
    EndChecked,
    EndProposed,
    Marker,
    Member,
    NamedUser,
    Seen,
    Step,
    StepOutcome,
)

PURPOSE = "watch access"


@transaction.atomic
def mark(
    user: User,
    *,
    report_id: str = "",
    course_id: str = "",
    case: Case | None = None,
    agency: Agency | None,
    employer: str = "",
    sector: str,
    post: str,
    known: str,
    named: User | None = None,
) -> Marker:
    """Record that the suspect works for an agency: from now on nobody there finds anything of it.

    On one of a report, a pattern and a case. Raises ``NotPossibleError``.
    """
    policies.check_named(named, agency.code if agency else None)
    made = Marker(
        report_id=report_id,
        course_id=course_id,
        case=case,
        agency=agency,
        employer="" if agency else " ".join(employer.split()),
        sector=sector,
        post=post,
        known=known,
        by=user,
        at=moment.now(),
    )
    policies.check_same_mark(selectors.on(report_id=report_id, course_id=course_id, case=case), made)
    with as_service(PURPOSE):
        made.save(force_insert=True)
        if named is not None:
            NamedUser.objects.create(marker=made, user=named, by=user, at=made.at)
        for rule in rules.steps(sector, made.at):
            due_at = made.at + dt.timedelta(hours=rule.extra["hours"])
            Step.objects.create(
                marker=made, code=rule.code, title=rule.title, due_at=due_at, by=user, at=made.at
            )
        cover()
    # The case is not named in the event: what is marked is for those who may read the marker.
    audit.record(user, "workforce.marked", f"marker {made.key}", sector=sector, named=named is not None)
    return made


def cover() -> int:
    """Write down which reports the markers cover now; returns how many were added. As a service."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT workforce_cover()")
        return int(cursor.fetchone()[0])


def forget(report_ids: Collection[str]) -> int:
    """Leave nothing of reports that are erased; returns how often they were covered. As who erases."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT workforce_forget(%s)", [list(report_ids)])
        return int(cursor.fetchone()[0])


@transaction.atomic
def name_lead(user: User, marker: Marker, lead: User, reason: str) -> Member:
    """Name who leads the team: somebody outside the agency. Raises ``NotPossibleError``."""
    policies.check_reason(reason)
    there = selectors.members(marker)
    policies.check_member(marker, lead, lead=True, named=selectors.named_ids(marker), there=there)
    now = moment.now()
    # Whoever led and is not here any more, or hands it on and stays in the team.
    ending = [m.pk for m in there if m.lead or m.user_id in {lead.pk, user.pk}]
    Member.objects.filter(pk__in=ending).update(ended_at=now)
    if user.pk != lead.pk:
        _add(user, marker, user, reason, now)
    made = _add(user, marker, lead, reason, now, lead=True)
    audit.record(user, "workforce.lead_named", f"marker {marker.key}", reason=reason.strip())
    return made


@transaction.atomic
def admit(user: User, marker: Marker, other: User, reason: str) -> Member:
    """Let somebody into the team by name, also of the marked agency. Raises ``NotPossibleError``."""
    policies.check_reason(reason)
    there = selectors.members(marker)
    policies.check_member(marker, other, lead=False, named=selectors.named_ids(marker), there=there)
    made = _add(user, marker, other, reason, moment.now())
    inside = other.agency_id == marker.agency_id
    audit.record(
        user,
        "workforce.admitted",
        f"marker {marker.key}",
        operation=Operation.DISCLOSURE,
        reason=reason.strip(),
        of_the_agency=inside,
    )
    return made


def _add(by: User, marker: Marker, user: User, reason: str, at: dt.datetime, *, lead: bool = False) -> Member:
    return Member.objects.create(
        marker=marker, user=user, agency_id=user.own_agency_id, lead=lead, reason=reason.strip(), by=by, at=at
    )


@transaction.atomic
def take_out(user: User, marker: Marker, member: Member, reason: str) -> None:
    """End somebody's place in the team. Raises ``NotPossibleError``."""
    policies.check_reason(reason)
    if member.lead:
        raise NotPossibleError("Name another lead first.")
    if Member.objects.filter(pk=member.pk, ended_at=None).update(ended_at=moment.now()):
        audit.record(user, "workforce.taken_out", f"marker {marker.key}", reason=reason.strip())


@transaction.atomic
def record_step(user: User, step: Step, *, outcome: str, on: dt.date, words: str) -> StepOutcome:
    """Record what came of a step of the standards route."""
    made = StepOutcome.objects.create(
        step=step, outcome=outcome, on=on, words=words.strip(), by=user, at=moment.now()
    )
    audit.record(user, "workforce.step_recorded", f"marker {step.marker.key}", step=step.code, to=outcome)
    return made


@transaction.atomic
def propose_end(user: User, marker: Marker, reason: str) -> EndProposed:
    """Say that a marker was wrong; nothing changes before a second person has checked it."""
    policies.check_reason(reason)
    policies.check_end(selectors.open_end(marker))
    made = EndProposed.objects.create(marker=marker, reason=reason.strip(), by=user, at=moment.now())
    audit.record(user, "workforce.end_proposed", f"marker {marker.key}", reason=made.reason)
    return made


@transaction.atomic
def check_end(user: User, proposal: EndProposed, *, agrees: bool, reason: str) -> EndChecked:
    """Agree as a second person that a marker was wrong, which ends it, or do not agree.

    Raises ``NotPossibleError``.
    """
    policies.check_reason(reason)
    try:
        with transaction.atomic():
            made = EndChecked.objects.create(
                proposal=proposal, agrees=agrees, reason=reason.strip(), by=user, at=moment.now()
            )
    except IntegrityError:
        raise ConflictError("Somebody else has checked this. Go back and read it.") from None
    verb = "workforce.ended" if agrees else "workforce.end_refused"
    audit.record(user, verb, f"marker {proposal.marker.key}", reason=made.reason)
    return made


def seen(user: User, marker: Marker) -> None:
    """Note that somebody of the team opened a marker: nothing so far is new to them any more."""
    if selectors.in_team(marker, user):
        Seen.objects.update_or_create(user=user, marker_key=marker.key, defaults={"at": moment.now()})
