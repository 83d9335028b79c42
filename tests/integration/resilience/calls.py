"""Calls of the services, each with what must stand before it. For the test and the process it kills."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.cases import selectors, services
from lamplighter.hub.cases.participants import corrections
from lamplighter.hub.cases.participants import services as participants
from lamplighter.hub.cases.status import changes, open_tasks
from lamplighter.hub.cases.status.open_tasks import Decided
from lamplighter.hub.casework import tasks
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.meetings import services as meetings
from lamplighter.hub.perpetrator_side import library
from lamplighter.hub.perpetrator_side import selectors as intervention
from lamplighter.hub.perpetrator_side import services as perpetrator
from lamplighter.hub.perpetrator_side.programmes import delivery
from lamplighter.hub.safeguarding import selectors as safety
from lamplighter.hub.safeguarding import services as safeguarding
from lamplighter.hub.sharing import services as sharing
from lamplighter.hub.sharing.models import Disclosure
from lamplighter.hub.sharing.policies import Draft
from lamplighter.hub.victim_side.models import SafeContact
from lamplighter.hub.victim_side.services import contact, documents, safe_contact, standing_by, updates
from tests.integration.resilience.world import WHY, Act, World


def _today() -> dt.date:
    return timezone.localdate()


def _agency(code: str) -> Agency:
    return Agency.objects.get(code=code)


def _refer(w: World) -> Any:
    people = {"victim": {"name": "Maya Osei"}, "suspect": {"name": "Not known"}}
    return services.refer(w.police, **people, why="Waits at the school.", agencies=[_agency("helpline")])


def _triage(w: World) -> Any:
    return changes.triage(w.police, w.case, "direct", "fixation", WHY)


def _close(w: World) -> Any:
    asked = {clock.key: Decided("not_needed", WHY) for clock in open_tasks.of(w.case).asked}
    return changes.close(
        w.police, w.case, why="plan_done", reason=WHY, current="no", current_words=WHY, tasks=asked
    )


def _task(w: World) -> Any:
    due = timezone.now() + dt.timedelta(days=3)
    return tasks.give(w.police, w.case, w.police, "Ring the school", "", due_at=due, partition="shared")


def _then(*acts: Act) -> Act:
    def done(w: World) -> None:
        for act in acts:
            act(w)

    return done


def _step_down(w: World) -> Any:
    return services.move(w.police, w.case, "step_down", WHY)


def rule(w: World) -> Any:
    newest = SafeContact.objects.filter(case=w.case).order_by("-number").first()
    return safe_contact.set_rule(
        w.advocate,
        w.case,
        seen=str(newest.key) if newest else "",
        phone="07700 900417",
        address="3 Foxglove Court",
        channels=["call", "text"],
    )


def appointed(w: World) -> Any:
    return standing_by.appoint(w.advocate, w.case, w.advocate, _today())


def _contact(w: World) -> Any:
    return contact.record(w.advocate, w.case, channel="call", at=timezone.now(), result="reached")


def _event(w: World) -> Any:
    return updates.enter_event(w.police, w.case, "arrest", _today())


def _tell(w: World) -> Any:
    from lamplighter.hub.victim_side.models import CodeEvent

    return updates.tell(
        w.advocate, w.case, CodeEvent.objects.get(case=w.case), channel="call", at=timezone.now()
    )


def no_action(w: World) -> Any:
    return changes.set_legal_status(w.police, w.case, "no_action", _today(), WHY)


def _enrol(w: World) -> Any:
    programme = library.programmes(_today())["fact"]
    answers = dict.fromkeys(programme.criteria, "yes")
    return delivery.enrol(w.clinician, w.case, programme, "volunteer", answers, WHY)


def check_asked(w: World) -> Any:
    return safeguarding.ask(w.clinician, w.case, required=False)


def check_signed(w: World) -> Any:
    told = {"told": "yes", "told_why": "", "supported": "yes", "plan": "yes", "exposed": "no", "words": ""}
    return safeguarding.sign(w.advocate, w.case, safety.checks(w.case)[0], answer="go_on", **told)


def warned(w: World) -> Any:
    return safeguarding.warn(
        w.clinician,
        w.case,
        in_danger=["victim"],
        how_soon="now",
        heard="He knows where she parks.",
        message="Go with the victim to the car tonight.",
        basis="vital_interests",
    )


def _course(w: World) -> Any:
    return intervention.courses(w.case)[0]


def _allocate(w: World) -> Any:
    return delivery.allocate(w.clinician, w.case, _course(w), w.clinician, "Dr Wren, outside")


def _release(w: World) -> Any:
    draft = Draft(
        from_partition="advocacy",
        to_partition="police",
        kind="act",
        title="He waited outside her work",
        text="On Tuesday he waited outside her work for two hours.",
        basis="consent",
        necessity="It is an act that the investigation does not have.",
        proportionality="Only the act, and nothing of how she is.",
        expires_on=_today() + dt.timedelta(days=30),
        consent_of="victim",
        consent_how="spoken",
        consent_on=_today(),
    )
    return sharing.release(w.advocate, w.case, draft)


def _nothing(w: World) -> None:
    pass


# name -> (what must stand before, the call)
CALLS: dict[str, tuple[Act, Act]] = {
    "refer": (_nothing, _refer),
    "add an agency": (_nothing, lambda w: services.add_agency(w.police, w.case, _agency("probation"), WHY)),
    "hand over": (_nothing, lambda w: services.hand_over(w.police, w.case, _agency("force-b"), WHY)),
    "ask the next meeting": (_nothing, lambda w: meetings.ask_for(w.police, w.case, "discussion", WHY)),
    "triage": (_nothing, _triage),
    "safeguarding": (
        _nothing,
        lambda w: changes.record_safeguarding(w.police, w.case, "PC Reed, Force A", timezone.now(), WHY),
    ),
    "close": (_then(_triage, _step_down, _task), _close),
    "follow up": (
        _then(_triage, _step_down, _close),
        lambda w: changes.follow_up(w.police, w.case, 6, "nothing", WHY),
    ),
    "legal status": (_nothing, no_action),
    "put a person right": (
        _nothing,
        lambda w: corrections.correct(
            w.police, w.case, selectors.parties(w.case)[0], WHY, name="Priya Nayar"
        ),
    ),
    "minutes": (_nothing, lambda w: participants.add_minutes(w.police, w.case, 30, "meeting", _today())),
    "end a clock": (
        _nothing,
        lambda w: clocks.end(w.police, Clock.objects.filter(case=w.case).earliest("pk"), why=WHY),
    ),
    "rule of safe contact": (rule, rule),
    "appoint an advocate": (_nothing, appointed),
    "contact": (_then(rule, appointed), _contact),
    "support": (
        appointed,
        lambda w: standing_by.change_support(
            w.advocate,
            w.case,
            "unsure",
            since=_today(),
            reasons=["fear"],
            words="I do not know any more.",
            others_present="no",
            asked_to_stop="no",
            afraid_to_say="no",
        ),
    ),
    "impact": (
        _nothing,
        lambda w: standing_by.add_impact(w.advocate, w.case, happened_on=_today(), words="She moved bed."),
    ),
    "safety plan": (
        _nothing,
        lambda w: documents.plan_safety(w.advocate, w.case, seen="", sections={"home": "Locks changed."}),
    ),
    "event of the Victims' Code": (_nothing, _event),
    "tell the victim": (_then(rule, _event), _tell),
    "typology": (
        no_action,
        lambda w: perpetrator.judge_type(w.clinician, w.case, "rejected", "medium", WHY),
    ),
    "ask for a safety check": (_nothing, check_asked),
    "sign a safety check": (check_asked, check_signed),
    "warn of danger": (_nothing, warned),
    "enrol": (_then(no_action, check_asked, check_signed), _enrol),
    "allocate": (_then(no_action, check_asked, check_signed, _enrol), _allocate),
    "release": (_nothing, _release),
    "withdraw a release": (
        _release,
        lambda w: sharing.withdraw(w.advocate, w.case, Disclosure.objects.get(case=w.case), WHY),
    ),
}
