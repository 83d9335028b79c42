"""The only writers of programmes: enrolment, who works on it, sessions, missed ones chased, the end.

Three clocks, all in the partition of health: allocation (from enrolment, by the
programme's target), the session (due when it is planned, ended by what came of
it), and the chase of a missed session. The key of the row that a clock belongs
to is in ``of_key``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.participants import services as participants
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.design.environment import plural
from lamplighter.hub.perpetrator_side import hooks, library, permissions, policies, selectors
from lamplighter.hub.perpetrator_side.models import (
    Allocation,
    Chase,
    Ending,
    Enrolment,
    Session,
    SessionOutcome,
)
from lamplighter.hub.perpetrator_side.selectors import Course, SessionState
from lamplighter.hub.perpetrator_side.services import PARTITION, hold, note
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

ALLOCATION, SESSION, CHASE = "intervention.allocation", "intervention.session", "intervention.chase"
PAGE = "perpetrator_side:enrolment"
What = SessionOutcome.What


@transaction.atomic
def enrol(
    user: User,
    case: Case,
    programme: library.Programme,
    ground: str,
    answers: Mapping[str, str],
    why: str,
    *,
    without_check: str = "",
) -> Enrolment:
    """Enrol the person, if the gate is open, every criterion is met and the victim's side says "go on".

    ``answers`` holds yes, no or not_known for each criterion's code. The
    allocation clock starts. Required work goes on before the victim-safety check for the
    reason in ``without_check``; voluntary work does not. ``ConflictError`` carries an
    enrolment in the same programme that is running already.
    """
    hold(case)
    found = policies.check_gate(case, agency=user.agency_id)
    policies.check_ground(programme, ground, found)
    policies.check_eligible(programme, answers)
    policies.check_words(why, "Enter why this programme.")
    for course in selectors.courses(case):
        if course.programme.code == programme.code and course.ending is None:
            raise ConflictError(newest=course.enrolment)
    required = library.is_required(ground)
    without = hooks.starts(user, case, required=required, without=without_check)
    row = {"programme": programme.code, "ground": ground, "eligibility": dict(answers), "why": why}
    made = Enrolment.objects.create(**owned(user, case, legal_status=" ".join(found.statuses), **row))
    now = moment.now()
    _start(
        user,
        case,
        ALLOCATION,
        f"Allocate a practitioner: within {plural(programme.allocation_days, 'day')}",
        due_at=now + dt.timedelta(days=programme.allocation_days),
        why=f"Enrolled in {programme.title}. {programme.source}.",
        starts_at=now,
        row=made,
    )
    note(user, case, "enrolled", f"Enrolled in {programme.title}", made, "enrolment", [*row])
    if without:
        hooks.started(user, case, made.key, without=without_check.strip())
    return made


@transaction.atomic
def allocate(
    user: User, case: Case, course: Course, practitioner: User, supervisor: str, *, seen: Any = None
) -> Allocation:
    """Somebody of the same agency works with the person from now on, supervised by somebody named.

    ``seen`` is the key of the allocation that the writer read, "" for none;
    ``ConflictError`` when there is a newer one.
    """
    hold(case)
    before = Allocation.objects.filter(enrolment=course.enrolment).select_related("by", "owner")
    policies.check_seen(before.order_by("-pk").first(), seen)
    _check_open(user, course)
    if practitioner.agency_id != user.agency_id or not permissions.may_work_here(practitioner):
        raise NotPossibleError("Choose a practitioner of your own service.")
    policies.check_words(supervisor, "Enter who supervises the work.")
    row = {"enrolment": course.enrolment, "practitioner": practitioner, "supervisor": supervisor}
    made = Allocation.objects.create(**owned(user, case, **row))
    _end(user, case, ALLOCATION, course.enrolment, why="A practitioner was allocated.")
    note(user, case, "allocated", "A practitioner was allocated", course.enrolment, "enrolment", [*row])
    return made


@transaction.atomic
def offer(user: User, case: Case, course: Course, number: int, planned_at: dt.datetime) -> Session:
    """Offer a session for a day and a time. The gate is asked again: the status may have changed."""
    _check_open(user, course)
    if course.allocation is None:
        raise NotPossibleError("Allocate a practitioner first.")
    found = policies.check_gate(case, agency=user.agency_id)
    policies.check_ground(course.programme, course.enrolment.ground, found)
    policies.check_number(course.programme, number, course.attended)
    if any(s.session.number == number and not s.what for s in course.sessions):
        raise NotPossibleError("This session is offered already. Record its outcome first.")
    made = Session.objects.create(
        **owned(user, case, enrolment=course.enrolment, number=number, planned_at=planned_at)
    )
    name = course.programme.session_name(number)
    _start(
        user,
        case,
        SESSION,
        f"Hold {name}, and record whether it took place",
        due_at=planned_at,
        why=f"Offered for that time in {course.programme.title}.",
        assigned_to=course.allocation.practitioner,
        row=course.enrolment,
        of=made,
    )
    note(user, case, "offered", f"Offered: {name}", course.enrolment, "enrolment", ["number", "planned_at"])
    return made


def record(
    user: User,
    case: Case,
    course: Course,
    state: SessionState,
    what: str,
    *,
    words: str = "",
    minutes: int = 0,
    seen: SessionOutcome | None = None,
) -> SessionOutcome:
    """Record a session's outcome; ``seen`` is the outcome that the writer saw, when this corrects one.

    ``minutes`` count as work. A missed session starts the clock of the chase;
    anything else ends it. What happened is recorded whatever the gate says now.
    Raises ``ConflictError`` when somebody else recorded it meanwhile.
    """
    session = state.session
    policies.check_own(user, session.owner_id, session.owner.name)
    if what not in What.values:
        raise NotPossibleError("Choose the outcome of the session.")
    if session.planned_at > moment.now() and what != What.CALLED_OFF:
        raise NotPossibleError("The session is still to come. It can only be called off.")
    if seen is not None:
        policies.check_words(words, "Enter why the record is corrected.")
    try:
        with transaction.atomic():
            row = {"session": session, "replaces": seen, "what": what, "words": words}
            made = SessionOutcome.objects.create(**owned(user, case, **row))
            if minutes:
                participants.add_minutes(
                    user, case, minutes, "session", timezone.localdate(session.planned_at)
                )
            _clocks_after(user, case, course, session, what)
            name = course.programme.session_name(session.number).capitalize()
            title = f"{name}: {made.get_what_display().lower()}"
            note(user, case, "session", title, course.enrolment, "enrolment", ["what", "words"])
    except IntegrityError:
        raise ConflictError(newest=SessionOutcome.objects.filter(session=session).latest("pk")) from None
    return made


def _clocks_after(user: User, case: Case, course: Course, session: Session, what: str) -> None:
    label = SessionOutcome.What(what).label.lower()
    _end(user, case, SESSION, session, why=f"Recorded: {label}.")
    if what == What.MISSED and not Chase.objects.filter(session=session).exists():
        now = moment.now()
        _start(
            user,
            case,
            CHASE,
            f"Follow up the missed session: within {plural(course.programme.chase_days, 'day')}",
            due_at=now + dt.timedelta(days=course.programme.chase_days),
            why=f"{course.programme.session_name(session.number).capitalize()} was missed.",
            assigned_to=course.allocation.practitioner if course.allocation else None,
            row=course.enrolment,
            of=session,
            starts_at=now,
        )
    elif what != What.MISSED:
        _end(user, case, CHASE, session, why="It was not missed after all.", state=Clock.State.CANCELLED)


@transaction.atomic
def chase(user: User, case: Case, course: Course, state: SessionState, words: str) -> Chase:
    """Record the follow-up of a missed session."""
    policies.check_own(user, state.session.owner_id, state.session.owner.name)
    if state.what != What.MISSED:
        raise NotPossibleError("Only a missed session is followed up.")
    policies.check_words(words, "Enter what you did, and the outcome.")
    made = Chase.objects.create(**owned(user, case, session=state.session, words=words))
    _end(user, case, CHASE, state.session, why="It was followed up.")
    note(user, case, "chased", "A missed session was followed up", course.enrolment, "enrolment", ["words"])
    return made


def end(user: User, case: Case, course: Course, how: str, why: str) -> Ending:
    """The programme is over: delivered in full, or stopped, by whom and why. Its clocks stop.

    The victim's advocate is told that work has ended, and asked to sign the check again.

    ``ConflictError`` carries the end that somebody else has recorded.
    """
    policies.check_own(user, course.enrolment.owner_id, course.enrolment.owner.name)
    if ended := _ending(course):
        raise ConflictError(newest=ended)
    if how not in Ending.How.values:
        raise NotPossibleError("Choose how it ended.")
    if how == Ending.How.COMPLETED:
        policies.check_completed(course.programme, course.attended)
    policies.check_words(why, "Enter why, or what was agreed at the end.")
    try:
        with transaction.atomic():
            made = Ending.objects.create(**owned(user, case, enrolment=course.enrolment, how=how, why=why))
            _end(user, case, ALLOCATION, course.enrolment, why="The programme ended.", state="cancelled")
            for state in course.sessions:
                for kind in (SESSION, CHASE):
                    _end(user, case, kind, state.session, why="The programme ended.", state="cancelled")
            title = f"{course.programme.title}: {made.get_how_display().lower()}"
            note(user, case, "ended", title, course.enrolment, "enrolment", ["how", "why"])
            required = library.is_required(course.enrolment.ground)
            hooks.ended(user, case, course.enrolment.key, required=required)
    except IntegrityError:
        raise ConflictError(newest=_ending(course)) from None
    return made


def _ending(course: Course) -> Ending | None:
    return Ending.objects.filter(enrolment=course.enrolment).select_related("by", "owner").first()


def _check_open(user: User, course: Course) -> None:
    policies.check_own(user, course.enrolment.owner_id, course.enrolment.owner.name)
    if course.ending is not None or Ending.objects.filter(enrolment=course.enrolment).exists():
        raise NotPossibleError("This programme has ended.")


def _start(user: User, case: Case, kind: str, text: str, *, row: Any, of: Any = None, **rest: Any) -> Clock:
    """A clock of this side. ``of`` is the session it belongs to; without one it belongs to the enrolment."""
    page = "perpetrator_side:session" if of is not None else PAGE
    return clocks.start(
        user, case, kind, text, partition=PARTITION, page=page, of_key=(of or row).key, **rest
    )


def _end(user: User, case: Case, kind: str, of: Any, *, why: str, state: str = Clock.State.DONE) -> None:
    for clock in Clock.objects.filter(case=case, kind=kind, of_key=of.key, state=Clock.State.RUNNING):
        clocks.end(user, clock, why=why, state=state)
