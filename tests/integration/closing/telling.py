"""A case whose closing check is fulfilled, step by step, for the tests of closing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.hooks import Event
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.status import changes
from lamplighter.hub.closing import selectors, services
from lamplighter.hub.closing.models import Proposal
from lamplighter.hub.enquiries import appearing
from lamplighter.hub.enquiries import selectors as enquiries
from lamplighter.hub.enquiries import services as lines
from lamplighter.hub.enquiries.services import Given
from lamplighter.hub.orders import decisions
from lamplighter.hub.risk import services as risk_services
from lamplighter.hub.victim_side.services import standing_by
from tests.integration.access import making
from tests.integration.risk import telling as risk
from tests.integration.victim_side.making import a_rule

WHY = "No witness, and no record that shows who it was."


@dataclass
class Told:
    """A case that somebody works on, and its people."""

    case: Case
    officer: User
    lead: User
    supervisor: User
    advocate: User
    clinician: User


def a_told(*acts: str) -> Told:
    """A case of a force, an advocacy and a health service, with an incident of ten days ago."""
    officer = making.somebody(Role.INVESTIGATOR)
    lead, supervisor = making.somebody(Role.STALKING_LEAD), making.somebody(Role.COORDINATOR, "hub")
    advocate, clinician = (
        making.somebody(Role.ADVOCATE, "helpline"),
        making.somebody(Role.CLINICIAN, "health"),
    )
    with identity.as_person(officer):
        case = making.a_case(officer, "helpline", "health")
    with identity.as_person(supervisor):
        changes.triage(supervisor, case, "consultation", "fixation", "Fixed on her.")
    an_incident(case, *(acts or ("approach", "unwanted_contact")))
    return Told(case, officer, lead, supervisor, advocate, clinician)


def an_incident(case: Case, *acts: str, days: int = 10) -> None:
    at = dt.datetime.combine(timezone.localdate() - dt.timedelta(days=days), dt.time(21))
    row = risk.a_report(case, acts=list(acts), happened_at=at, precision="exact", news=True)
    with making.as_the_owner():
        appearing.happened(None, Event(case, "report", at.date(), row.report_key))


def resolve(user: User, case: Case) -> None:
    """Every open line that this person writes gets an outcome."""
    with identity.as_person(user):
        today = timezone.localdate()
        given = [
            Given(line, "done", "Asked for and received.", user, line.due_on(today), line.seen)
            for line in enquiries.lines(case)
            if not line.resolved and lines.may_write(user, line.row)
        ]
        lines.record(user, case, given)


def consider(user: User, case: Case) -> None:
    with identity.as_person(user):
        services.consider(user, case, "evidence_led", ["emergency_call"], "Two calls, no face and no name.")
        services.consider(user, case, "suspect", ["nothing"], "PNC and PND: nothing.")
        services.consider(user, case, "victim", ["allegation"], "Two earlier reports, both about him.")


def impact(advocate: User, case: Case) -> None:
    with identity.as_person(advocate):
        standing_by.add_impact(
            advocate,
            case,
            happened_on=timezone.localdate() - dt.timedelta(days=3),
            words="I walk another way to work.",
            elements=["harassed"],
        )


def assess(user: User, case: Case) -> None:
    from lamplighter.hub.arrivals import selectors as arrivals

    with identity.as_person(user):
        shown = arrivals.reports(case)
        risk_services.assess(user, case, risk.draft(*shown), drawn=False)


def everything_before(told: Told) -> None:
    """All that comes before a proposal."""
    resolve(told.officer, told.case)
    resolve(told.advocate, told.case)
    consider(told.officer, told.case)
    impact(told.advocate, told.case)
    assess(told.officer, told.case)
    no_order(told.officer, told.case)


def no_order(user: User, case: Case) -> None:
    """It is decided that no order is applied for."""
    with identity.as_person(user):
        decisions.decide(user, case, "named", "not", "The file is thin.", ground="evidence")


def propose(told: Told, outcome: str = "15") -> Proposal:
    with identity.as_person(told.officer):
        return services.propose(told.officer, told.case, outcome, WHY)


def sign_twice(told: Told) -> None:
    for user, capacity in ((told.lead, "lead"), (told.supervisor, "supervisor")):
        with identity.as_person(user):
            found = selectors.proposed(told.case)
            assert found is not None
            services.sign(user, told.case, found.row, capacity, "agreed", "I read the file.")


def tell(told: Told) -> None:
    with identity.as_person(told.advocate):
        a_rule(told.advocate, told.case)
        found = selectors.proposed(told.case)
        assert found is not None
        services.tell(
            told.advocate,
            told.case,
            found.row,
            "By letter to the force within three months; another team decides.",
            channel="call",
            told_at=timezone.now(),
        )


def close(user: User, case: Case, outcome: str = "15") -> None:
    with identity.as_person(user):
        changes.close(
            user,
            case,
            why="no_more_to_do",
            reason="Outcome 15.",
            current="yes",
            current_words="Told of, but not proved.",
            dropped_as=outcome,
        )
