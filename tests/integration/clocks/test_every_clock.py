"""Every task that the hub can start is ended on a page by somebody who has it on a list, and leaves it."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lamplighter import hub
from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.arrivals import configuration as arrivals
from lamplighter.hub.cases import services
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.referrals import from_pattern, rejections
from lamplighter.hub.cases.status import changes, open_tasks
from lamplighter.hub.cases.status.states import REJECTION
from lamplighter.hub.children import rules as children_rules
from lamplighter.hub.children import services as children
from lamplighter.hub.clocks import models as clock_models
from lamplighter.hub.clocks import overdue
from lamplighter.hub.clocks import selectors as clock_selectors
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.closing import services as closing_services
from lamplighter.hub.closing.around import handing_over, limits, withdrawals
from lamplighter.hub.closing.around import identity as identities
from lamplighter.hub.elsewhere import placing
from lamplighter.hub.elsewhere import services as elsewhere
from lamplighter.hub.enquiries import appearing
from lamplighter.hub.enquiries import selectors as enquiry_lines
from lamplighter.hub.evidence import services as exhibits
from lamplighter.hub.evidence.files import scanning
from lamplighter.hub.meetings import services as meeting_services
from lamplighter.hub.meetings.minutes import services as minutes
from lamplighter.hub.orders import following
from lamplighter.hub.orders import selectors as orders
from lamplighter.hub.oversight.emergency_access import services as emergency_grants
from lamplighter.hub.papers import services as paper_services
from lamplighter.hub.papers import who_learns
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.perpetrator_side import selectors as programmes
from lamplighter.hub.perpetrator_side.health_flags import services as health_flags
from lamplighter.hub.perpetrator_side.programmes import delivery
from lamplighter.hub.risk import selectors
from lamplighter.hub.risk.levels import JUDGEMENTS
from lamplighter.hub.risk.plan import services as plan
from lamplighter.hub.risk.policies import Action
from lamplighter.hub.risk.triggers import services as triggers
from lamplighter.hub.safeguarding import services as safeguarding
from lamplighter.hub.victim_side import rules as victim
from lamplighter.hub.victim_side.services import contact, safe_contact, standing_by, updates
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.casework import test_tasks as cases
from tests.integration.closing import telling as closing
from tests.integration.closing import test_around as around
from tests.integration.duplicates.test_joining import TWO
from tests.integration.elsewhere import telling as index
from tests.integration.evidence import making as evidence
from tests.integration.meetings import making as meetings
from tests.integration.orders import making as ordering
from tests.integration.papers import telling as papers
from tests.integration.patterns import story
from tests.integration.patterns.conftest import the_story as the_story
from tests.integration.perpetrator_side import telling as intervention
from tests.integration.risk import telling as risk
from tests.integration.victim_side import making as side

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Begun:
    """A running task, somebody on whose list it is, and what they send on which page to end it."""

    clock: Clock
    holder: User
    page: str = ""
    sent: Any = None
    # What the page answers: it goes on, or shows once what was waiting to be read.
    answers: int = 302

    def end(self, client: Client) -> Any:
        if self.page:
            return client.post(self.page, self.sent or {}, secure=True)
        given = {"outcome": "It was done, and this came of it."}
        return client.post(f"/work/{self.clock.key}/done", given, secure=True)


def running(case: Case, kind: str, owner: str = "") -> Clock:
    rows = Clock.objects.filter(case=case, kind=kind, state=Clock.State.RUNNING)
    return rows.get(owner=owner) if owner else rows.get()


# What a stage of a case brings with it ----------------------------------------------------------------------


def of_a_stage(kind: str) -> Callable[[], Begun]:
    def begin() -> Begun:
        by = telling.coordinator("hub")
        rule = cases.rules.on("clock", timezone.localdate())[kind]
        case = cases.a_case_in(rule.extra["starts_with"][0], by)
        clock = running(case, kind)
        holder = making.somebody(Role.CLINICIAN, "health") if clock.owner_id == "health" else by
        if kind == "case.triage":
            given = {"decision": "advice_only", "threshold": "one_question", "reason": "One question."}
            return Begun(clock, holder, f"/cases/{case.key}/triage", given)
        if clock_selectors.ends_on_a_page(clock):
            months = kind.removeprefix("case.follow_up_")
            found = {"months": months, "found": "nothing", "words": "By her own account."}
            return Begun(clock, holder, f"/cases/{case.key}/follow-up", found)
        return Begun(clock, holder)

    return begin


# What people and reports bring ------------------------------------------------------------------------------


def a_task_by_hand() -> Begun:
    giver, worker = making.somebody(Role.ADVOCATE, "helpline"), making.somebody(Role.INVESTIGATOR, "force-a")
    case = making.a_case(giver, "force-a")
    assert cases.give(giver, case, worker).status_code == 302
    return Begun(running(case, clock_models.BY_HAND), worker)


def a_rejection_to_read() -> Begun:
    lead, reader = making.somebody(Role.STALKING_LEAD), making.somebody(Role.ADVOCATE, "helpline")
    case = making.a_case(lead, "helpline")
    told = {"told": "Rung, and told why.", "turn_to": "The helpline; 999 in danger."}
    with identity.as_person(lead):
        rejections.propose(
            lead, case, "not_stalking", "One delivery.", readers={Role.ADVOCATE: reader}, **told
        )
    page = f"/cases/{case.key}/triage/rejection"
    return Begun(running(case, REJECTION), reader, page, {"answer": "agreed", "words": "I read it."})


def a_question_to_redact() -> Begun:
    """A line of one agency on which another asks for a word to be taken out."""
    owner, reader = making.somebody(Role.ADVOCATE, "helpline"), making.somebody(Role.INVESTIGATOR, "force-a")
    case = making.a_case(owner, "force-a")
    with identity.as_person(owner):
        line = services.enter(owner, case, "note", "She lives by the tram depot")
    page = f"/cases/{case.key}/redact/cases-entry/{line.key}"
    asked = telling.browser(reader).post(page, {"_do": "ask", "reason": "The place in it."}, secure=True)
    assert asked.status_code == 302
    return Begun(running(case, clock_models.BY_HAND), owner)


def a_task_of_a_joined_case() -> Begun:
    """A task of the younger of two cases, which runs on the older since they were joined."""
    by, worker = making.somebody(Role.COORDINATOR, "hub"), making.somebody(Role.ADVOCATE, "helpline")
    older = telling.a_working_case(by, "direct", "helpline", **TWO)
    younger = telling.a_working_case(by, "consultation", "helpline", **TWO, again_why="Not known to be one.")
    assert cases.give(worker, younger, worker, side="advocacy").status_code == 302
    page = f"/cases/{younger.key}/joined/with/{older.key}"
    joined = telling.browser(by).post(page, {"reason": "One man, typed twice by two forces."}, secure=True)
    assert joined.status_code == 302
    return Begun(running(older, clock_models.BY_HAND), worker)


def what_is_long_overdue() -> Begun:
    user = making.somebody(Role.ADVOCATE, "helpline")
    case = making.a_case(user, "force-a")
    late = timezone.now() - dt.timedelta(days=29)
    Clock.objects.filter(case=case, kind="case.triage").update(due_at=late)
    overdue.tell()
    return Begun(running(case, overdue.NOTICE), user)


def emergency_access() -> Begun:
    case = making.a_case(making.somebody(Role.INVESTIGATOR), "helpline")
    lead = making.somebody(Role.STALKING_LEAD, "force-a")
    with identity.as_person(lead):
        emergency_grants.break_glass(
            lead, case.pk, "advocacy", "She does not answer, and he was seen there.", 15
        )
    return Begun(running(case, emergency_grants.ALERT), making.somebody(Role.ADVOCATE, "helpline"))


def a_report_that_joins(kind: str) -> Callable[[], Begun]:
    def begin() -> Begun:
        three = Course.objects.get(superseded_at=None, report_ids__contains=[story.STORY[0]["report_id"]])
        people = {k: v for k, v in from_pattern.referral_of(three).items() if k in {"victim", "suspect"}}
        lead = making.somebody(Role.STALKING_LEAD)
        case = telling.a_working_case(lead, "direct", "health", course_id=three.course_id, **people)
        story.receive([story.FOURTH])
        patterns.report_saved(story.FOURTH["report_id"], None)
        clock = running(case, kind, "health")
        reads = f"/cases/{case.key}/reports/read" if kind == arrivals.READ else ""
        return Begun(clock, making.somebody(Role.CLINICIAN, "health"), reads)

    return begin


# The victim's side ------------------------------------------------------------------------------------------


def now_and(**sent: str) -> dict[str, str]:
    at = timezone.localtime()
    return {"day_day": str(at.day), "day_month": str(at.month), "day_year": str(at.year)} | {
        "time": f"{at:%H:%M}",
        **sent,
    }


def reached(clock: Clock) -> dict[str, str]:
    name = f"t{clock.key.hex}"
    return {"task": str(clock.key), f"{name}-channel": "call", f"{name}-result": "reached"}


def a_first_week() -> tuple[side.World, Client]:
    world = side.a_world()
    side.a_rule(world.advocate, world.case)
    with identity.as_person(world.advocate):
        today = timezone.localdate()
        standing_by.appoint(world.advocate, world.case, world.advocate, today)
    return world, telling.browser(world.advocate)


def a_contact(kind: str) -> Callable[[], Begun]:
    def begin() -> Begun:
        world, client = a_first_week()
        page = f"/cases/{world.case.key}/victim/contact"
        if kind == contact.NEXT:
            for planned in Clock.objects.filter(case=world.case, kind__startswith=contact.PLAN):
                assert client.post(page, reached(planned), secure=True).status_code == 302
        if kind == contact.CHANGED:
            told = {"reasons": ["fear"], "words": "I cannot stand in a court with him.", **side.PRESSURE}
            with identity.as_person(world.advocate):
                today = timezone.localdate()
                standing_by.change_support(world.advocate, world.case, "withdrawn", since=today, **told)
        clock = running(world.case, kind)
        return Begun(clock, world.advocate, page, reached(clock))

    return begin


def a_broken_rule() -> Begun:
    world, client = a_first_week()
    sent = now_and(channel="voicemail", words="A message was left.")
    page = f"/cases/{world.case.key}/victim/contact/rule-broken"
    assert client.post(page, sent, secure=True).status_code == 302
    return Begun(running(world.case, contact.BROKEN), world.advocate)


def something_the_victim_is_told_of() -> Begun:
    world, _ = a_first_week()
    officer = world.investigator
    with identity.as_person(officer):
        event = updates.enter_event(officer, world.case, "arrest", timezone.localdate())
    page = f"/cases/{world.case.key}/victim/updates/{event.key}/told"
    return Begun(running(world.case, updates.selectors.UPDATE), officer, page, now_and(channel="call"))


def rights_that_ended() -> Begun:
    world = side.a_world()
    with identity.as_person(world.investigator):
        updates.set_enhanced(world.investigator, world.case, side.NO_RIGHTS, "Asked about each.")
    return Begun(running(world.case, updates.RIGHTS_ENDED), world.advocate)


def without_public_funds() -> Begun:
    world = side.a_world()
    with identity.as_person(world.advocate):
        standing_by.record_public_funds(world.advocate, world.case, "no")
    return Begun(running(world.case, standing_by.FUNDS), world.advocate)


def an_interpreter_is_needed() -> Begun:
    world = side.a_world()
    side.a_rule(world.advocate, world.case, speech="An interpreter for Sylheti, a woman, not of this town.")
    return Begun(running(world.case, safe_contact.SPEECH), world.advocate)


def asking_who_must_not_be_told() -> Begun:
    world = side.a_world()
    side.a_rule(world.advocate, world.case)
    return Begun(running(world.case, safe_contact.ASK), world.advocate)


# Children ---------------------------------------------------------------------------------------------------


def a_question_about_a_child(of: str) -> Callable[[], Begun]:
    """``of`` is a side and the code of a question; what is asked after a yes is asked first."""

    def begin() -> Begun:
        by, born = making.somebody(Role.INVESTIGATOR), timezone.localdate() - dt.timedelta(days=15 * 365)
        people = {name: {"name": "Mia Larch", "birth_date": born} for name in ("victim", "suspect")}
        with identity.as_person(by):
            case = making.a_case(by, "helpline", "hub", **people)
            whose, code = of.split(".")
            first = children_rules.question(code).extra.get("after")
            if first:
                children.answer(by, case, whose, first, "yes", "So the school says.")
        clock = running(case, children.kind_of(whose, code))
        holder = by if clock.owner_id == "force-a" else in_agency(clock.owner_id)
        page = f"/cases/{case.key}/under-18/{whose}/{code}"
        return Begun(clock, holder, page, {"answer": "yes", "words": "Done today."})

    return begin


def in_agency(code: str) -> User:
    return making.somebody(Role.ADVOCATE if code == "helpline" else Role.COORDINATOR, code)


OF_CHILDREN = [
    f"{whose}.{code}"
    for whose in ("victim", "suspect")
    for code in children_rules.questions(whose, timezone.localdate())
]


# The suspect's side -----------------------------------------------------------------------------------------


def a_programme(kind: str) -> Callable[[], Begun]:
    def begin() -> Begun:
        user, case = intervention.clinician(), intervention.a_case()
        start = f"/cases/{case.key}/intervention"
        if kind == delivery.ALLOCATION:
            made = intervention.enrolled(user, case)
            sent = {"practitioner": str(user.key), "supervisor": "Dr Wren, outside"}
            return Begun(running(case, kind), user, f"{start}/programmes/{made.key}/allocate", sent)
        course = intervention.allocated(user, case)
        with identity.as_person(user), moment.at(intervention.days_ago(2)):
            session = delivery.offer(
                user,
                case,
                programmes.course(case, course.enrolment.key),
                1,
                timezone.now() - dt.timedelta(hours=1),
            )
        page = f"{start}/sessions/{session.key}"
        if kind == delivery.SESSION:
            return Begun(running(case, kind), user, f"{page}/record", {"what": "attended", "minutes": "50"})
        missed = telling.browser(user).post(f"{page}/record", {"what": "missed"}, secure=True)
        assert missed.status_code == 302
        return Begun(running(case, kind), user, f"{page}/chase", {"words": "Rang him: he comes on Friday."})

    return begin


# Safety across the wall -------------------------------------------------------------------------------------


def a_safety_check() -> Begun:
    case, user = intervention.a_case(), intervention.clinician()
    with identity.as_person(user):
        safeguarding.ask(user, case, required=False)
    clock = running(case, safeguarding.CHECK)
    page = f"/cases/{case.key}/victim/checks/{clock.of_key}"
    return Begun(
        clock, making.somebody(Role.ADVOCATE, "helpline"), page, intervention.SAFE | {"answer": "go_on"}
    )


def an_advocate_to_find() -> Begun:
    by, user = telling.coordinator("hub"), intervention.clinician()
    case = making.a_case(None, "health")
    with identity.as_person(user):
        safeguarding.ask(user, case, required=False)
    return Begun(running(case, safeguarding.FIND), by)


def a_warning() -> Begun:
    case, user = intervention.a_case(), intervention.clinician()
    given = {"in_danger": ["victim"], "how_soon": "now", "basis": "vital_interests"}
    with identity.as_person(user):
        heard, message = "He knows where she parks.", "Go with the victim to the car tonight."
        safeguarding.warn(user, case, heard=heard, message=message, **given)
    return Begun(running(case, safeguarding.ACT, "force-a"), making.somebody(Role.INVESTIGATOR))


def an_overdue_check() -> Begun:
    by = telling.coordinator("hub")
    case = a_safety_check().clock.case
    with identity.job("run clocks"):
        safeguarding.escalate(timezone.now() + dt.timedelta(days=4))
    return Begun(running(case, safeguarding.LATE), by)


# Risk -------------------------------------------------------------------------------------------------------


def an_assessment(kind: str) -> Callable[[], Begun]:
    """A first one, one that is due again, or one after a trigger: each is ended by the form."""

    def begin() -> Begun:
        by = making.somebody(Role.INVESTIGATOR)
        case = risk.a_case(by)
        seen = ""
        if kind != selectors.FIRST:
            seen = str(risk.assess(by, case, risk.draft()).key)
        if kind == selectors.AGAIN:
            with identity.as_person(by):
                triggers.record(by, case, "arrest", timezone.localdate())
        sent = {
            "current": "yes",
            "current_words": "He wrote.",
            "changed": "He was arrested.",
            "version": seen,
        }
        for name in JUDGEMENTS:
            sent |= {name: "moderate", f"{name}_why": "As before."}
        return Begun(running(case, kind, "force-a"), by, f"/cases/{case.key}/risk/assess", sent)

    return begin


def a_lower_level() -> Begun:
    by, other = making.somebody(Role.INVESTIGATOR), making.somebody(Role.ADVOCATE, "helpline")
    case = risk.a_case(by)
    risk.assess(by, case, risk.a_high(by))
    made = risk.assess(
        by, case, risk.draft(violence="low", grounds=("custody",), asked=other, answers_for=by)
    )
    page = f"/cases/{case.key}/risk/assessments/{made.key}/lower"
    return Begun(
        running(case, selectors.LOWER), other, page, {"answer": "agreed", "words": "Remanded on Thursday."}
    )


def an_action_of_the_plan() -> Begun:
    by, other = making.somebody(Role.INVESTIGATOR), making.somebody(Role.ADVOCATE, "helpline")
    case = risk.a_case(by)
    with identity.as_person(by):
        plan.act(by, case, Action("Offer a refuge", other, timezone.localdate()))
    return Begun(running(case, selectors.ACTION), other)


def a_return_for_a_meeting() -> Begun:
    h = meetings.hub()
    with identity.as_person(h.advocate):
        meeting_services.ask_for(h.advocate, h.case, "discussion", "Look at it again.")
    coming = meetings.plan(h.coordinator, timezone.now() + dt.timedelta(days=5))
    telling.browser(h.coordinator).post(f"/meetings/{coming.key}/returns", {}, secure=True)
    given = {"new": "He was seen.", "side": "shared"}
    clock = running(h.case, meeting_services.RETURN, "force-a")
    return Begun(clock, h.officer, f"/cases/{h.case.key}/meetings/{coming.key}/return", given)


def an_action_of_a_meeting() -> Begun:
    h = meetings.hub()
    with identity.as_person(h.coordinator):
        minutes.write(
            *(h.coordinator, h.case, meetings.plan(h.coordinator), "action", "shared", "Fit an alarm"),
            doer=h.officer,
            due_on=timezone.localdate(),
            evidence="Its number",
        )
    return Begun(running(h.case, minutes.ACTION), h.officer)


# Orders and breaches ----------------------------------------------------------------------------------------


def of_an_order(kind: str) -> Callable[[], Begun]:
    def begin() -> Begun:
        by = making.somebody(Role.INVESTIGATOR)
        case = risk.a_case(by)
        today = timezone.localdate()
        base = f"/cases/{case.key}/orders"
        on = {f"on_{part}": str(getattr(today, part)) for part in ("day", "month", "year")}
        if kind == orders.DECIDE:
            given: dict[str, Any] = {"what": "not", "ground": "evidence", "reason": "The file is thin."}
            return Begun(running(case, kind), by, f"{base}/decide", given)
        if kind == orders.COURT_END:
            with identity.as_person(by):
                row = changes.set_legal_status(by, case, "convicted", today, "Court list")
            given = {"what": "restraining", "reason": "Asked for in court."}
            return Begun(running(case, kind), by, f"{base}/decide/{row.key}", given)
        soon = ordering.draft(made_on=today - dt.timedelta(days=800), last_day=today + dt.timedelta(days=5))
        order = ordering.record(by, case, soon if kind == orders.ENDING else None)
        page = f"{base}/{order.thread}/happened"
        if kind == orders.ZONE:
            given = {"name": "Zone A", "place": "7 Mill Street"}
            return Begun(running(case, kind), by, f"{base}/zones/write", given)
        if kind == orders.SERVE:
            return Begun(
                running(case, kind), by, page, on | {"what": "served", "by_whom": "PC Reed", "how": "By hand"}
            )
        if kind == orders.NOTIFY:
            ordering.served(by, case, order, today)
            return Begun(running(case, kind), by, page, on | {"what": "notified"})
        with identity.job("run clocks"):
            following.find_ending()
        return Begun(running(case, kind), by, page, on | {"what": "let_end", "words": "He lives abroad now."})

    return begin


def of_a_breach(kind: str) -> Callable[[], Begun]:
    def begin() -> Begun:
        by = making.somebody(Role.INVESTIGATOR)
        case = risk.a_case(by, "helpline", "probation")
        made = ordering.breach(by, case, kind="licence")
        base = f"/cases/{case.key}/orders/breaches/{made.key}"
        if kind == orders.ANSWER:
            return Begun(
                running(case, kind), by, f"{base}/answer", {"what": "arrest", "words": "At his home."}
            )
        if kind == orders.STALKING:
            given = {"found": "no", "words": "A meeting by chance, on camera."}
            return Begun(running(case, kind), by, f"{base}/stalking", given)
        if kind == orders.VICTIM:
            return Begun(running(case, kind), making.somebody(Role.ADVOCATE, "helpline"))
        return Begun(running(case, kind), making.somebody(Role.PROBATION, "probation"))

    return begin


def of_a_paper(kind: str) -> Callable[[], Begun]:
    """A pack for an order that was issued, and was withdrawn after somebody spoke with the victim."""

    def begin() -> Begun:
        by, advocate = making.somebody(Role.INVESTIGATOR), making.somebody(Role.ADVOCATE, "helpline")
        case = risk.a_case(by)
        row = papers.make(by, case, "spo")[0]
        papers.issue(by, case, row)
        if kind == who_learns.FORCES:
            return Begun(running(case, kind), making.somebody(Role.INVESTIGATOR, "force-b"))
        if kind == who_learns.WITHDRAWN:
            first = Begun(running(case, who_learns.VICTIM), advocate)
            assert first.end(telling.browser(advocate)).status_code == 302
            with identity.as_person(by):
                paper_services.withdraw(by, case, row, "The court asked for another form.")
        return Begun(running(case, kind), advocate)

    return begin


def a_device_without_result() -> Begun:
    by = making.somebody(Role.INVESTIGATOR)
    case = risk.a_case(by)
    today = timezone.localdate()
    told = evidence.TOLD | {"came_at": timezone.now(), "held_by": "Force A"}
    with identity.as_person(by):
        one = exhibits.note_elsewhere(by, case, "police", "device", **told)
        exhibits.step(by, case, evidence.known(by, one), "submitted", today)
    day = {"day_day": today.day, "day_month": today.month, "day_year": today.year}
    page = f"/cases/{case.key}/exhibits/{one.key}/device"
    given = {"step": "result", "result": "usable", "words": ""} | day
    return Begun(running(case, exhibits.DEVICE_TASK), by, page, given)


def a_file_with_a_virus() -> Begun:
    by = making.somebody(Role.INVESTIGATOR)
    case = risk.a_case(by)
    file = evidence.known(by, evidence.receive(by, case)).original
    assert file is not None
    evidence.answered(file, "infected", "Eicar-Test")
    return Begun(running(case, scanning.INFECTED_TASK), by)


# Lines of enquiry, and dropping a case ----------------------------------------------------------------------


def a_line_of_enquiry(kind: str) -> Callable[[], Begun]:
    """New ones wait for somebody who does them; one that is lost soon waits for its outcome."""

    def begin() -> Begun:
        officer = making.somebody(Role.INVESTIGATOR)
        case = risk.a_case(officer)
        closing.an_incident(case, "loitering", days=29)
        with identity.as_person(officer):
            keys = [str(line.row.key) for line in enquiry_lines.lines(case)]
            soon = next(c for c in enquiry_lines.lines(case) if c.row.kind == "cctv").row.key
        state = "open" if kind == appearing.NEW else "done"
        sent: dict[str, str] = {}
        for key in keys:
            sent |= {f"{key}-state": state, f"{key}-words": "On disc.", f"{key}-doer": str(officer.key)}
        rows = Clock.objects.filter(case=case, kind=kind, state=Clock.State.RUNNING, owner="force-a")
        clock = rows.get() if kind == appearing.NEW else rows.get(of_key=soon)
        return Begun(clock, officer, f"/cases/{case.key}/enquiries", sent)

    return begin


# What the national index says -------------------------------------------------------------------------------


def an_answer_of_the_index() -> Begun:
    officer = making.somebody(Role.INVESTIGATOR)
    case = index.a_case(officer)
    index.receive()
    page = f"/cases/{case.key}/elsewhere"
    return Begun(running(case, placing.NEWS), officer, page, {"reason": index.WHY}, answers=200)


def another_force_is_asked() -> Begun:
    officer = making.somebody(Role.INVESTIGATOR)
    case = index.a_case(officer)
    index.receive()
    today = timezone.localdate()
    (known,) = index.look(officer, case)
    with identity.as_person(officer):
        asked = elsewhere.ask(officer, case, known, "Any orders?", today)
    day = {"answered_on_day": today.day, "answered_on_month": today.month, "answered_on_year": today.year}
    page = f"/cases/{case.key}/elsewhere/requests/{asked.key}"
    return Begun(running(case, elsewhere.ASKED), officer, page, {"outcome": "none", "learnt": ""} | day)


def what_a_side_is_asked() -> Begun:
    told = closing.a_told()
    with identity.as_person(told.lead):
        closing_services.refused(told.lead, told.case, "15")
    return Begun(running(told.case, closing_services.ASKED), told.advocate)


def a_signature(capacity: str) -> Callable[[], Begun]:
    def begin() -> Begun:
        told = closing.a_told()
        closing.everything_before(told)
        closing.propose(told)
        user = told.lead if capacity == "lead" else told.supervisor
        sent = {"capacity": capacity, "answer": "agreed", "words": "I read the file."}
        clock = running(told.case, f"{closing_services.SIGN}.{capacity}")
        return Begun(clock, user, f"/cases/{told.case.key}/closing/sign", sent)

    return begin


def an_override() -> Begun:
    told = closing.a_told()
    with identity.as_person(told.officer):
        closing_services.ask_override(told.officer, told.case, "15", "The only witness has died.", told.lead)
    page = f"/cases/{told.case.key}/closing/override/answer"
    sent = {"answer": "agreed", "words": "It cannot be had any more."}
    return Begun(running(told.case, closing_services.OVERRIDE), told.lead, page, sent)


def a_review_after_withdrawal() -> Begun:
    told = closing.a_told()
    around.withdraws(told)
    page = f"/cases/{told.case.key}/closing/safeguarding-review"
    sent = {"asked_alone": "yes", "words": "Afraid of his brother.", "plan": "A new lock."}
    return Begun(running(told.case, withdrawals.REVIEW), told.advocate, page, sent)


def a_six_month_limit() -> Begun:
    case, told = around.an_old_act(3)
    with identity.job("run clocks"):
        limits.look(case)
    return Begun(running(case, f"{limits.LIMIT}.3"), told.officer)


def a_case_handed_over(kind: str) -> Callable[[], Begun]:
    def begin() -> Begun:
        told = closing.a_told()
        with identity.as_person(told.officer):
            health = making.agency("health")
            made = handing_over.ask(told.officer, told.case, health, "", "They treat him.")
        page = f"/cases/{told.case.key}/handing-over/{made.key}"
        if kind == handing_over.ANSWER:
            sent = {"answer": "accepted", "words": "We take him on."}
            return Begun(running(told.case, kind), told.clinician, page, sent)
        with identity.as_person(told.clinician):
            handing_over.answer(told.clinician, told.case, made, "accepted", "We take him on.")
        return Begun(running(told.case, kind), told.officer, page, {"words": "Two sessions so far."})

    return begin


def a_right_to_a_review() -> Begun:
    told = closing.a_told()
    closing.everything_before(told)
    closing.propose(told)
    closing.sign_twice(told)
    return Begun(running(told.case, closing_services.RIGHT), told.advocate)


def a_decision_again() -> Begun:
    begun = an_identity(identities.AUTHORISE)()
    answer = {"answer": "refused", "words": "The risk to her is not said."}
    assert telling.browser(begun.holder).post(begun.page, answer, secure=True).status_code == 302
    officer, case = making.somebody(Role.INVESTIGATOR), begun.clock.case
    sent = {"decision": "withhold", "authoriser": str(begun.holder.key)} | around.REASONS
    return Begun(running(case, identities.DECIDE), officer, f"/cases/{case.key}/identity/decide", sent)


def an_identity(kind: str) -> Callable[[], Begun]:
    def begin() -> Begun:
        told = closing.a_told()
        start = f"/cases/{told.case.key}/identity"
        reasons = around.REASONS
        with identity.as_person(told.officer):
            of = identities.identify(told.officer, told.case, timezone.now() - dt.timedelta(hours=1))
            if kind != identities.DECIDE:
                made = identities.decide(told.officer, told.case, of, "disclose", reasons, told.lead)
                sent = {"answer": "agreed", "words": "Necessary, and no more."}
                return Begun(running(told.case, kind), told.lead, f"{start}/{made.key}", sent)
        sent = {"decision": "disclose", "authoriser": str(told.lead.key)} | reasons
        return Begun(running(told.case, kind), told.officer, f"{start}/decide", sent)

    return begin


def a_health_flag() -> Begun:
    case, user = intervention.a_case(), intervention.clinician()
    with identity.as_person(user):
        row = health_flags.flag(
            user, case, source="liaison", noted_on=timezone.localdate(), words="Seen in custody."
        )
    today = timezone.localdate()
    sent = {"decision": "refer", "words": "He asks for it.", "on_day": today.day, "on_month": today.month}
    page = f"/cases/{case.key}/intervention/health/{row.key}/decide"
    return Begun(running(case, health_flags.DECIDE), user, page, sent | {"on_year": today.year})


# Where the code starts a task, and which kinds it starts there.
STARTED_BY: dict[str, dict[str, Callable[[], Begun]]] = {
    "cases.status.services._begin": {kind: of_a_stage(kind) for kind in cases.KINDS},
    "casework.tasks.give": {clock_models.BY_HAND: a_task_by_hand},
    "meetings.services.ask_returns": {meeting_services.RETURN: a_return_for_a_meeting},
    "meetings.minutes.services._task": {minutes.ACTION: an_action_of_a_meeting},
    "cases.referrals.rejections._ask": {REJECTION: a_rejection_to_read},
    "redaction.services.ask": {f"{clock_models.BY_HAND}, to redact": a_question_to_redact},
    "duplicates.services._give": {f"{clock_models.BY_HAND}, of a joined case": a_task_of_a_joined_case},
    "clocks.overdue._notice": {overdue.NOTICE: what_is_long_overdue},
    "oversight.emergency_access.services._tell_the_owners": {emergency_grants.ALERT: emergency_access},
    "arrivals.services._tell": {k: a_report_that_joins(k) for k in (arrivals.READ, arrivals.RISK)},
    "victim_side.services.contact.start_plan": {
        f"{contact.PLAN}{day}": a_contact(f"{contact.PLAN}{day}")
        for day in victim.one("contact_plan", timezone.localdate()).extra["days"]
    },
    "victim_side.services.contact._go_on": {contact.NEXT: a_contact(contact.NEXT)},
    "victim_side.services.contact.tell_broken": {contact.BROKEN: a_broken_rule},
    "victim_side.services.standing_by._clock_of_support": {contact.CHANGED: a_contact(contact.CHANGED)},
    "victim_side.services.standing_by.record_public_funds": {standing_by.FUNDS: without_public_funds},
    "victim_side.services.safe_contact._arrange_speech": {safe_contact.SPEECH: an_interpreter_is_needed},
    "victim_side.services.safe_contact._ask_who": {safe_contact.ASK: asking_who_must_not_be_told},
    "children.services._begin": {f"child.{of}": a_question_about_a_child(of) for of in OF_CHILDREN},
    "victim_side.services.updates.enter_event": {updates.selectors.UPDATE: something_the_victim_is_told_of},
    "victim_side.services.updates._tell_the_advocates": {updates.RIGHTS_ENDED: rights_that_ended},
    "safeguarding.services._send": {safeguarding.CHECK: a_safety_check},
    "safeguarding.services._find_advocate": {safeguarding.FIND: an_advocate_to_find},
    "safeguarding.services._warn": {safeguarding.ACT: a_warning},
    "safeguarding.services.escalate": {safeguarding.LATE: an_overdue_check},
    "risk.triggers.services._first": {selectors.FIRST: an_assessment(selectors.FIRST)},
    "risk.triggers.services._tell": {selectors.AGAIN: an_assessment(selectors.AGAIN)},
    "risk.services._again": {selectors.DUE: an_assessment(selectors.DUE)},
    "risk.services._ask": {selectors.LOWER: a_lower_level},
    "risk.plan.services.give": {selectors.ACTION: an_action_of_the_plan},
    "enquiries.appearing._tell": {appearing.NEW: a_line_of_enquiry(appearing.NEW)},
    "enquiries.appearing.near": {appearing.SOON: a_line_of_enquiry(appearing.SOON)},
    "elsewhere.placing._place": {placing.NEWS: an_answer_of_the_index},
    "elsewhere.services.ask": {elsewhere.ASKED: another_force_is_asked},
    "closing.services.refused": {closing_services.ASKED: what_a_side_is_asked},
    "closing.services._ask_to_sign": {
        f"{closing_services.SIGN}.{capacity}": a_signature(capacity) for capacity in ("lead", "supervisor")
    },
    "closing.services.ask_override": {closing_services.OVERRIDE: an_override},
    "closing.services._decided": {closing_services.RIGHT: a_right_to_a_review},
    "closing.around.withdrawals.changed": {withdrawals.REVIEW: a_review_after_withdrawal},
    "closing.around.limits.look": {f"{limits.LIMIT}.3": a_six_month_limit},
    "closing.around.handing_over.ask": {handing_over.ANSWER: a_case_handed_over(handing_over.ANSWER)},
    "closing.around.handing_over.answer": {handing_over.OUTCOME: a_case_handed_over(handing_over.OUTCOME)},
    "closing.around.identity.identify": {identities.DECIDE: an_identity(identities.DECIDE)},
    "closing.around.identity.decide": {identities.AUTHORISE: an_identity(identities.AUTHORISE)},
    "closing.around.identity.authorise": {f"{identities.DECIDE}, not authorised": a_decision_again},
    "orders.decisions.ask": {orders.DECIDE: of_an_order(orders.DECIDE)},
    "orders.decisions.ask_at_the_end": {orders.COURT_END: of_an_order(orders.COURT_END)},
    "orders.services._was_made": {orders.SERVE: of_an_order(orders.SERVE)},
    "orders.services._notify": {orders.NOTIFY: of_an_order(orders.NOTIFY)},
    "orders.services._ask_zone": {orders.ZONE: of_an_order(orders.ZONE)},
    "orders.following._ask": {orders.ENDING: of_an_order(orders.ENDING)},
    "orders.breaches._tell": {
        kind: of_a_breach(kind) for kind in (orders.ANSWER, orders.STALKING, orders.VICTIM, orders.ENFORCE)
    },
    "papers.who_learns.issued": {who_learns.FORCES: of_a_paper(who_learns.FORCES)},
    "papers.who_learns._tell_victim": {
        kind: of_a_paper(kind) for kind in (who_learns.VICTIM, who_learns.WITHDRAWN)
    },
    "evidence.services.step": {exhibits.DEVICE_TASK: a_device_without_result},
    "evidence.files.scanning._tell": {scanning.INFECTED_TASK: a_file_with_a_virus},
    # The same kind, for whoever saved it before: it ends alike.
    "evidence.files.scanning._tell_savers": {scanning.INFECTED_TASK: a_file_with_a_virus},
    "perpetrator_side.health_flags.services.flag": {health_flags.DECIDE: a_health_flag},
    "perpetrator_side.programmes.delivery.enrol": {delivery.ALLOCATION: a_programme(delivery.ALLOCATION)},
    "perpetrator_side.programmes.delivery.offer": {delivery.SESSION: a_programme(delivery.SESSION)},
    "perpetrator_side.programmes.delivery._clocks_after": {delivery.CHASE: a_programme(delivery.CHASE)},
}
EVERY = {kind: begin for kinds in STARTED_BY.values() for kind, begin in kinds.items()}


OF_A_REPORT = {arrivals.READ, arrivals.RISK}


@pytest.mark.parametrize("kind", [kind for kind in EVERY if kind not in OF_A_REPORT])
def test_every_task_is_ended_on_a_page_by_whoever_has_it_and_is_then_on_no_list(kind: str) -> None:
    it_ends(kind)


def it_ends(kind: str) -> None:
    begun = EVERY[kind]()
    key, holder = begun.clock.key, begun.holder
    # Its day has come: some are due in months, and stand on no list until then.
    Clock.objects.filter(key=key).update(due_at=timezone.now() + dt.timedelta(minutes=30))
    client = telling.browser(holder)

    def listed() -> set[str]:
        lists = {name: client.get(name, secure=True).content.decode() for name in ("/work/", "/work/team")}
        return {name for name, page in lists.items() if f"/work/{key}" in page}

    assert listed(), "It stands on nobody's list."
    page = client.get(f"/work/{key}", secure=True).content.decode()
    by_page = clock_selectors.ends_on_a_page(begun.clock)
    assert ("Open the page that records it" if by_page else "Save as done") in page
    answer = begun.end(client)
    assert answer.status_code == begun.answers, answer.content.decode()
    ended = Clock.objects.get(key=key)
    assert (ended.state, ended.ended_by) == (Clock.State.DONE, holder)
    assert listed() == set()


def test_emergency_access_ends_by_its_review_too() -> None:
    begun = emergency_access()
    made = emergency_grants.BreakGlass.objects.get(key=begun.clock.of_key)
    reviewer = telling.browser(telling.coordinator("hub"))
    given = {
        "finding": emergency_grants.BreakGlassReview.Finding.values[0],
        "words": "He was outside, and it was late.",
    }
    assert reviewer.post(f"/oversight/glass/{made.key}", given, secure=True).status_code == 302
    assert Clock.objects.get(pk=begun.clock.pk).state == Clock.State.DONE


def test_the_table_names_every_place_in_the_code_that_starts_a_task() -> None:
    assert places_that_start() == set(STARTED_BY)


def test_a_kind_that_a_page_ends_is_one_that_a_page_ended_above() -> None:
    named = {k for k in EVERY if k.startswith(clock_selectors.by_pages())}
    # Each beginning of a kind that an application names is the beginning of one that was ended above.
    assert all(any(kind.startswith(of) for kind in named) for of in clock_selectors.by_pages())


# Of these whoever closes a case says what becomes of them: promises that people made each other, what nobody
# has read, and a case that somebody else is asked to take.
ASKED_AT_CLOSING = {
    *(clock_models.BY_HAND, minutes.ACTION, selectors.ACTION, exhibits.DEVICE_TASK),
    *(arrivals.READ, arrivals.RISK, handing_over.ANSWER),
}


def test_of_every_kind_it_is_decided_what_closing_does_to_it() -> None:
    decided = (*open_tasks.ended_by_closing(), *open_tasks.outlives_closing())
    kinds = {kind.split(",")[0] for kind in EVERY}
    assert {kind for kind in kinds if not kind.startswith(decided)} == ASKED_AT_CLOSING
    assert all(any(kind.startswith(of) for kind in kinds) for of in decided)


STARTERS = {
    "clocks.start",
    "clocks.start_for",
    "clocks.run_on",
    "Clock.objects.create",
    "Clock.objects.get_or_create",
    "Clock",
}


def places_that_start() -> set[str]:
    """Return the functions that start a task: by the clocks' service, or by one that is given its kind."""
    root = Path(hub.__file__).parent
    found: set[str] = set()
    for path in sorted(root.rglob("*.py")):
        place = ".".join(path.relative_to(root).with_suffix("").parts)
        if place == "clocks.services":
            continue
        text = path.read_text("utf-8")
        if not any(f"{name}(" in text for name in STARTERS):
            continue
        tree = ast.parse(text)
        functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
        starting = {f.name for f in functions if _starts_in(f)}
        handing = {f.name for f in functions if any(_given(f, call) for call in _starts_in(f))}
        for function in functions:
            called = {n.func.id for n in _calls(function) if isinstance(n.func, ast.Name)}
            if function.name in starting - handing or called & handing:
                found.add(f"{place}.{function.name}")
    return found


def _calls(within: ast.AST) -> list[ast.Call]:
    return [n for n in ast.walk(within) if isinstance(n, ast.Call)]


def _starts_in(function: ast.FunctionDef) -> list[ast.Call]:
    return [call for call in _calls(function) if ast.unparse(call.func) in STARTERS]


def _given(function: ast.FunctionDef, call: ast.Call) -> bool:
    """Whether the kind of the task is what the function was given."""
    arguments = {a.arg for a in function.args.args}
    return "kind" in arguments and any(isinstance(a, ast.Name) and a.id == "kind" for a in call.args)


# The last: it fills the database for the rest of the module.
@pytest.mark.parametrize("kind", sorted(OF_A_REPORT))
def test_every_task_of_a_report_that_joins_is_ended_on_a_page_too(the_story: None, kind: str) -> None:
    it_ends(kind)
