"""More calls of the services of casework, of people and of single reports, for the test that kills them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.accounts.staff import members
from lamplighter.hub.cases import services as cases
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.my_work import services as my_work
from lamplighter.hub.orders import breaches
from lamplighter.hub.orders import services as orders
from lamplighter.hub.perpetrator_side import services as perpetrator
from lamplighter.hub.perpetrator_side.models import Statement
from lamplighter.hub.victim_side.models import Contact
from lamplighter.hub.victim_side.services import contact, documents, standing_by, updates
from tests.integration.access import making
from tests.integration.orders import making as ordering
from tests.integration.resilience.calls import appointed, no_action, rule
from tests.integration.resilience.world import WHY, Act, World
from tests.integration.victim_side.making import NO_RIGHTS


def _today() -> dt.date:
    return timezone.localdate()


def _clock(w: World) -> Clock:
    return Clock.objects.filter(case=w.case, state="running").earliest("pk")


def _advice(w: World) -> None:
    """A task that an investigator can do; triage is for those who decide."""
    due = timezone.now() + dt.timedelta(days=2)
    clocks.start(w.police, w.case, "case.advice", "Give the advice", due_at=due, why=WHY)


def _statement(w: World) -> Any:
    return perpetrator.state(w.clinician, w.case, "presenting", "He waits at her work.")


def _reached(w: World) -> None:
    rule(w)
    appointed(w)
    contact.record(w.advocate, w.case, channel="call", at=timezone.now(), words="Rang.")


def _administrator() -> User:
    return User.objects.filter(role=Role.ADMINISTRATOR).latest("pk")


def _with_administrator(w: World) -> None:
    making.somebody(Role.ADMINISTRATOR, "hub")


CALLS: dict[str, tuple[Act, Act]] = {
    "end a participation": (
        lambda w: None,
        lambda w: cases.end_participation(w.police, w.case, Agency.objects.get(code="health"), WHY),
    ),
    "assign a clock": (
        _advice,
        lambda w: my_work.assign(w.police, Clock.objects.get(case=w.case, kind="case.advice"), w.police),
    ),
    "cancel a clock": (lambda w: None, lambda w: my_work.cancel(w.police, _clock(w), WHY)),
    "relationship before": (
        no_action,
        lambda w: perpetrator.record_relationship(w.clinician, w.case, "ex_intimate", "The referral"),
    ),
    "statement": (no_action, _statement),
    "an order": (lambda w: None, lambda w: orders.record(w.police, w.case, ordering.draft())),
    "a breach, and everybody who is told": (
        lambda w: None,
        lambda w: breaches.record(w.police, w.case, "bail", _today(), "Waited at the gate."),
    ),
    "another version of a statement": (
        lambda w: no_action(w) and _statement(w) and None,
        lambda w: perpetrator.restate(
            w.clinician, w.case, Statement.objects.get(case=w.case), "He waits there daily.", [], WHY
        ),
    ),
    "take a statement back": (
        lambda w: no_action(w) and _statement(w) and None,
        lambda w: perpetrator.withdraw(w.clinician, w.case, Statement.objects.get(case=w.case), WHY),
    ),
    "advise": (
        lambda w: None,
        lambda w: perpetrator.advise(
            w.clinician,
            w.case,
            kind="advice",
            on=_today(),
            to="The officer in the case",
            question="How to tell him",
            advice="Two officers, in the morning",
            minutes=40,
        ),
    ),
    "publish the formulation": (
        lambda w: no_action(w) and _statement(w) and None,
        lambda w: perpetrator.publish(w.clinician, w.case),
    ),
    "result of a contact": (
        _reached,
        lambda w: contact.add_result(w.advocate, w.case, Contact.objects.get(case=w.case), "reached"),
    ),
    "a rule was broken": (
        lambda w: rule(w) and appointed(w) and None,
        lambda w: contact.tell_broken(
            w.advocate, w.case, channel="voicemail", at=timezone.now(), words="A colleague left one."
        ),
    ),
    "how often": (
        lambda w: rule(w) and appointed(w) and None,
        lambda w: contact.agree_cadence(w.advocate, w.case, 10),
    ),
    "needs": (
        lambda w: None,
        lambda w: documents.assess_needs(
            w.advocate, w.case, seen="", areas={"safety": {"level": "urgent", "words": "Locks"}}
        ),
    ),
    "offer a statement": (
        appointed,
        lambda w: standing_by.offer_statement(w.advocate, w.case, "offered", on=_today()),
    ),
    "enhanced rights": (
        lambda w: None,
        lambda w: updates.set_enhanced(w.police, w.case, NO_RIGHTS, WHY),
    ),
    "invite": (
        _with_administrator,
        lambda w: members.invite(
            _administrator(),
            username="new",
            display_name="New Person",
            role=Role.ADVOCATE,
            agency=Agency.objects.get(code="helpline"),
        ),
    ),
    "leave": (_with_administrator, lambda w: members.leave(_administrator(), w.clinician, WHY)),
    "change a role": (
        _with_administrator,
        lambda w: members.change_role(_administrator(), w.police, Role.STALKING_LEAD, WHY),
    ),
    "transfer": (
        _with_administrator,
        lambda w: members.transfer(
            _administrator(), w.police, Agency.objects.get(code="force-b"), Role.INVESTIGATOR, WHY
        ),
    ),
    "fresh start": (_with_administrator, lambda w: members.fresh_start(_administrator(), w.police, WHY)),
}
