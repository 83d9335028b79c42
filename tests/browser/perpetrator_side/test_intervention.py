"""The other side of a case: from the closed gate to the end of a programme, by mouse and by keyboard."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.cases import services
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.status import changes
from lamplighter.hub.perpetrator_side import selectors
from lamplighter.hub.perpetrator_side import services as side
from lamplighter.hub.perpetrator_side.programmes import delivery
from lamplighter.hub.safeguarding import selectors as safety
from lamplighter.hub.safeguarding import services as safeguarding
from tests.browser import steps

PICTURES = os.environ.get("LAMPLIGHTER_INTERVENTION_PICTURES", "")


def given_a_case(clinician: User, status: str) -> tuple[Case, User]:
    """Health refers; Force A works on it too and says where the criminal matter stands."""
    officer = steps.given_a_user(Role.INVESTIGATOR, agency="force-a", kind=Agency.Kind.POLICE)
    people = {"victim": {"name": "Priya Nair"}, "suspect": {"name": "Daniel Hollinshaw"}}
    agencies = [officer.agency] if officer.agency else []
    with as_person(clinician):
        case = services.refer(clinician, **people, why="He follows her from work.", agencies=agencies)
    given_the_status(case, officer, status)
    return case, officer


def given_the_check_is_signed(clinician: User, case: Case) -> None:
    """An advocate says "go on", so that direct work can start."""
    advocate = steps.given_a_user(Role.ADVOCATE, agency="helpline", kind=Agency.Kind.ADVOCACY)
    with as_person(clinician):
        services.add_agency(clinician, case, advocate.agency, "The victim needs an advocate")
        safeguarding.ask(clinician, case, required=False)
    told = {"told": "yes", "told_why": "", "supported": "yes", "plan": "yes", "exposed": "no", "words": ""}
    with as_person(advocate):
        safeguarding.sign(advocate, case, safety.checks(case)[0], answer="go_on", **told)


def given_the_status(case: Case, officer: User, status: str) -> None:
    with as_person(officer):
        changes.set_legal_status(officer, case, status, timezone.localdate(), "The record")


def given_i_am_a_clinician(page: Page, site: str) -> User:
    return steps.given_i_am_signed_in(page, site, Role.CLINICIAN, agency="health", kind=Agency.Kind.HEALTH)


def the_whole_way(page: Page, site: str) -> None:
    user = given_i_am_a_clinician(page, site)
    case, officer = given_a_case(user, "investigation")
    home = f"{site}/cases/{case.key}/intervention"
    the_gate_is_closed(page, home)
    understanding(page, home)
    given_the_status(case, officer, "no_action")
    given_the_check_is_signed(user, case)
    a_programme(page, home)
    a_measure(page, home)
    page.goto(home)
    steps.then_it_is_good(page, PICTURES, "overview")
    page.get_by_role("link", name="Publish where the intervention stands").click()
    steps.then_it_is_good(page, PICTURES, "publish")
    page.get_by_role("button", name="Publish these sentences").click()
    expect(page.get_by_text("Everybody who works on the case can read it now.")).to_be_visible()
    page.goto(f"{site}/cases/{case.key}")
    expect(page.get_by_label("This case").get_by_role("link", name="Suspect’s side")).to_be_visible()


def the_gate_is_closed(page: Page, home: str) -> None:
    page.goto(home)
    steps.then_the_heading_is(page, "Intervention")
    expect(page.get_by_text("No voluntary direct intervention now.", exact=False).first).to_be_visible()
    steps.then_it_is_good(page, PICTURES, "gate-closed")
    page.goto(f"{home}/programmes/enrol/fact")
    page.get_by_role("button", name="Enrol").click()
    steps.then_the_error_summary_leads_to(page, "Enter why this programme", "Why this programme?")
    steps.then_it_is_good(page, PICTURES, "enrol")
    page.get_by_label("Volunteer", exact=True).check()
    for yes in page.get_by_label("Yes", exact=True).all():
        yes.check()
    page.get_by_label("Why this programme?").fill("He asks for help")
    page.get_by_role("button", name="Enrol").click()
    expect(page.get_by_role("alert")).to_contain_text("The criminal matter is live")
    page.goto(f"{home}/consultations/record")
    page.get_by_label("Advice on one question").check()
    page.get_by_label("To whom").fill("The officer in the case")
    page.get_by_label("On what").fill("How to tell him of the conditions")
    page.get_by_label("What you advised").fill("In person, in short sentences, twice.")
    today = timezone.localdate()
    for part in ("day", "month", "year"):
        page.get_by_label(part.capitalize(), exact=True).fill(str(getattr(today, part)))
    page.get_by_label("Minutes", exact=True).fill("45")
    steps.then_it_is_good(page, PICTURES, "consult")
    page.get_by_role("button", name="Record it").click()
    steps.then_the_heading_is(page, "Advice given to others")
    steps.then_it_is_good(page, PICTURES, "consultations")
    required_work(page, home)


def required_work(page: Page, home: str) -> None:
    page.goto(home)
    page.get_by_role("link", name="Record a consultation with the officer in the case or the CPS").click()
    page.get_by_role("button", name="Save consultation").click()
    steps.then_the_error_summary_leads_to(page, "Enter the name and role of who was asked", "Name and role")
    steps.then_it_is_good(page, PICTURES, "officer-errors")
    page.get_by_label("Direct intervention that a court, a licence or an order requires").check()
    page.get_by_label("The officer in the case").check()
    page.get_by_label("Name and role").fill("DC Osei, officer in the case")
    today = timezone.localdate()
    for part in ("day", "month", "year"):
        page.get_by_label(part.capitalize(), exact=True).fill(str(getattr(today, part)))
    page.get_by_label("The work can go on, as agreed below").check()
    page.get_by_label("What may be talked about with the person, and what not?").fill(
        "Nothing of those days."
    )
    page.get_by_label("What was agreed about records and disclosure?").fill("Attendance is written down.")
    page.get_by_label("When can the work start, or when do you ask again?").fill("Now.")
    page.get_by_role("button", name="Save consultation").click()
    steps.then_the_heading_is(page, "Consultations about required work")
    steps.then_it_is_good(page, PICTURES, "officer")
    page.goto(home)
    steps.then_it_is_good(page, PICTURES, "gate-consulted")


def understanding(page: Page, home: str) -> None:
    page.goto(f"{home}/typology/relationship")
    steps.then_it_is_good(page)
    page.get_by_label("Former partner").check()
    page.get_by_label("Who says so, or where is it recorded?").fill("The referral")
    page.get_by_role("button", name="Record it").click()
    page.get_by_role("button", name="Judge the type").click()
    steps.then_it_is_good(page, PICTURES, "judge")
    page.get_by_label("Rejected").check()
    page.get_by_label("Moderate").check()
    page.get_by_label("What do you base it on?").fill("It began when she left.")
    page.get_by_role("button", name="Save judgement").click()
    expect(page.get_by_text("Rejected, moderate confidence").first).to_be_visible()
    steps.then_it_is_good(page, PICTURES, "typology")
    for section, text, shown in (("presenting", "He waits for her.", True), ("function", "A bond.", False)):
        page.goto(f"{home}/formulation/add?section={section}")
        steps.then_it_is_good(page, PICTURES, "statement" if shown else "")
        page.get_by_label("The statement").fill(text)
        if shown:
            page.get_by_label("Referred by", exact=False).check()
        page.get_by_role("button", name="Add the statement").click()
    steps.then_the_heading_is(page, "Formulation")
    expect(page.get_by_text("No evidence linked yet", exact=True)).to_have_count(1)
    steps.then_it_is_good(page, PICTURES, "formulation")


def a_programme(page: Page, home: str) -> None:
    page.goto(f"{home}/programmes")
    steps.then_it_is_good(page, PICTURES, "programmes")
    page.get_by_role("link", name="Check eligibility and enrol in FACT").click()
    page.get_by_label("Volunteer", exact=True).check()
    for yes in page.get_by_label("Yes", exact=True).all():
        yes.check()
    page.get_by_label("Why this programme?").fill("He finds it hard to move on")
    page.get_by_role("button", name="Enrol").click()
    page.get_by_role("link", name="FACT", exact=False).first.click()
    page.get_by_role("button", name="Allocate a practitioner").click()
    steps.then_it_is_good(page, PICTURES, "allocate")
    page.get_by_label("Practitioner", exact=True).select_option(label="Sam Reed")
    page.get_by_label("Who supervises the work?").fill("Dr Ines Wren")
    page.get_by_role("button", name="Allocate").click()
    page.get_by_role("button", name="Offer a session").click()
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    for part in ("day", "month", "year"):
        page.get_by_label(part.capitalize(), exact=True).fill(str(getattr(yesterday, part)))
    page.get_by_label("Time").fill("14:30")
    steps.then_it_is_good(page, PICTURES, "offer")
    page.get_by_role("button", name="Offer it").click()
    page.get_by_role("link", name="Record session 1 of 8", exact=False).click()
    page.get_by_label("Missed").check()
    page.get_by_label("Minutes of your work (optional)").fill("20")
    steps.then_it_is_good(page, PICTURES, "record")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("Not followed up yet")).to_be_visible()
    steps.then_it_is_good(page, PICTURES, "enrolment")
    page.get_by_role("link", name="Follow up session 1 of 8", exact=False).click()
    steps.then_it_is_good(page)
    page.get_by_label("What did you do, and what was the outcome?").fill("Rang: he comes on Friday.")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("Followed up: Rang", exact=False)).to_be_visible()
    page.get_by_role("link", name="End the programme").click()
    page.get_by_label("Delivered in full").check()
    page.get_by_label("Why, or what was agreed at the end").fill("He moves away")
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_role("alert")).to_contain_text("Not delivered in full: 0 of 9 attended.")
    steps.then_it_is_good(page, PICTURES, "end")
    page.get_by_label("Stopped by the person").check()
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_text("ended before all of it was delivered", exact=False)).to_be_visible()
    steps.then_it_is_good(page)


def a_measure(page: Page, home: str) -> None:
    for moment_, days, answer in (("Before", 60, "A little"), ("After", 2, "Somewhat")):
        page.goto(f"{home}/measures/moving_on/1")
        steps.then_it_is_good(page, PICTURES, "measure")
        page.get_by_label(moment_, exact=True).check()
        on = timezone.localdate() - dt.timedelta(days=days)
        for part in ("day", "month", "year"):
            page.get_by_label(part.capitalize(), exact=True).fill(str(getattr(on, part)))
        for box in page.get_by_label(answer, exact=True).all():
            box.check()
        page.get_by_role("button", name="Save answers").click()
    steps.then_the_heading_is(page, "Measures")
    picture = page.get_by_role("img", name="Chart of 2 results", exact=False)
    expect(picture).to_be_visible()
    assert picture.evaluate("img => img.decode().then(() => img.naturalWidth)") > 100
    steps.then_it_is_good(page, PICTURES, "measures")


def test_from_the_closed_gate_to_the_end_of_a_programme(page: Page, site: str) -> None:
    the_whole_way(page, site)


@pytest.mark.parametrize("java_script_enabled", [False])
def test_without_javascript(browser: Any, site: str, java_script_enabled: bool) -> None:
    context = browser.new_context(java_script_enabled=java_script_enabled)
    page = context.new_page()
    user = given_i_am_a_clinician(page, site)
    case, _ = given_a_case(user, "no_action")
    page.goto(f"{site}/cases/{case.key}/intervention/formulation/add?section=presenting")
    page.get_by_label("The statement").fill("He waits for her.")
    page.get_by_role("button", name="Add the statement").click()
    steps.then_the_heading_is(page, "Formulation")
    page.get_by_role("link", name="Change presenting statement 1").click()
    page.get_by_label("The statement").fill("He waits for her at the bus.")
    page.get_by_label("Why does it change?").fill("A new report")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Every version").click()
    expect(page.get_by_text("He waits for her.", exact=True)).to_be_visible()
    context.close()


def test_the_second_who_writes_sees_both_versions(page: Page, site: str) -> None:
    user = given_i_am_a_clinician(page, site)
    case, _ = given_a_case(user, "no_action")
    with as_person(user):
        first = side.state(user, case, "presenting", "He waits for her.")
    page.goto(f"{site}/cases/{case.key}/intervention/formulation/{first.line}/change")
    other = steps.given_a_user(Role.CLINICIAN, agency="health", kind=Agency.Kind.HEALTH)
    with as_person(other):
        side.restate(other, case, first, "He waits and writes.", [], "A letter came")
    page.get_by_label("The statement").fill("He waits each day.")
    page.get_by_label("Why does it change?").fill("Counted")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="What stands now")).to_be_visible()
    expect(page.get_by_text("He waits and writes.")).to_be_visible()
    expect(page.get_by_label("The statement")).to_have_value("He waits each day.")
    steps.then_it_is_good(page, PICTURES, "both-versions")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. The earlier version is in the history.", exact=False)).to_be_visible()


def test_a_session_is_recorded_by_keyboard_alone(page: Page, site: str) -> None:
    user = given_i_am_a_clinician(page, site)
    case, _ = given_a_case(user, "no_action")
    given_the_check_is_signed(user, case)
    ago = timezone.now() - dt.timedelta(days=1)
    with as_person(user), moment.at(timezone.now()):
        programme = delivery.library.programmes(timezone.localdate())["fact"]
        answers = dict.fromkeys(programme.criteria, "yes")
        made = delivery.enrol(user, case, programme, "volunteer", answers, "It fits")
        delivery.allocate(user, case, selectors.course(case, made.key), user, "Dr Wren")
        session = delivery.offer(user, case, selectors.course(case, made.key), 1, ago)
    page.goto(f"{site}/cases/{case.key}/intervention/sessions/{session.key}/record")
    page.get_by_label("Attended").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("60")
    page.keyboard.press("Tab")
    page.keyboard.type("Kept the diary")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 session attended of 1 offered", exact=False).first).to_be_visible()
