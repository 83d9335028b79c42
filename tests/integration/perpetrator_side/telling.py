"""What the tests of this side share: its people, a case with a legal status, a programme on its way."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case, LegalStatus
from lamplighter.hub.perpetrator_side import library, selectors
from lamplighter.hub.perpetrator_side.models import Enrolment
from lamplighter.hub.perpetrator_side.programmes import delivery
from lamplighter.hub.safeguarding import selectors as safety
from lamplighter.hub.safeguarding import services as safeguarding
from tests.integration.access import making

NOW = timezone.now()
SAFE = {"told": "yes", "told_why": "", "supported": "yes", "plan": "yes", "exposed": "no", "words": ""}


def days_ago(days: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)


def clinician() -> User:
    return making.somebody(Role.CLINICIAN, "health")


def officer() -> User:
    return making.somebody(Role.PROBATION, "probation")


def a_case(status: str = "no_action") -> Case:
    """A case of force-a on which health, probation and the helpline work; ``status`` "": not recorded."""
    police = making.somebody(Role.INVESTIGATOR)
    case = making.a_case(police, "health", "probation", "helpline")
    if status:
        becomes(case, police, status)
    return case


def becomes(case: Case, police: User, status: str, *, at: dt.datetime | None = None) -> None:
    since = timezone.localdate(at or days_ago(400))
    row = owned(police, case, name=status, since=since)
    LegalStatus.objects.create(**(row | ({"at": at} if at else {"at": days_ago(400)})))


def checked(user: User, case: Case, answer: str = "go_on", *, required: bool = False) -> None:
    """The check on the victim's side was asked for and signed, unless one counts already."""
    with as_person(user):
        standing = safety.standing(case, user.agency_id)
        if standing is not None and standing.answer == answer and standing.when == "before":
            return
        asked = safeguarding.ask(user, case, required=required)
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    with as_person(advocate):
        check = next(c for c in safety.checks(case) if c.ask == asked.key)
        safeguarding.sign(advocate, case, check, answer=answer, **SAFE)


def enrolled(
    user: User, case: Case, code: str = "fact", ground: str = "volunteer", *, check: bool = True
) -> Enrolment:
    """Enrolled with every criterion met, and with a signed check unless there is to be none."""
    if check:
        checked(user, case)
    programme = library.programmes(timezone.localdate())[code]
    with as_person(user):
        answers = dict.fromkeys(programme.criteria, "yes")
        return delivery.enrol(user, case, programme, ground, answers, "It fits the formulation.")


def allocated(user: User, case: Case, **rest: str) -> selectors.Course:
    made = enrolled(user, case, **rest)
    with as_person(user):
        delivery.allocate(user, case, selectors.course(case, made.key), user, "Dr Wren, outside")
        return selectors.course(case, made.key)


def held(user: User, case: Case, key: object, number: int, what: str = "attended", *, ago: float = 1) -> None:
    """Offer a session in the past and record what came of it."""
    at = days_ago(ago)
    with as_person(user):
        with moment.at(at - dt.timedelta(days=1)):
            made = delivery.offer(user, case, selectors.course(case, key), number, at)  # type: ignore[arg-type]
        with moment.at(at + dt.timedelta(hours=1)):
            course, state = selectors.session(case, made.key)
            delivery.record(user, case, course, state, what)
