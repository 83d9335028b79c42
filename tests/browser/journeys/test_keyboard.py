"""The four longest journeys by the keyboard alone, from *My work*: how many pages load, how many presses act.

``docs/hub.md`` prints how many there were when it was written. There must not be more; the pages must not be
more than the limit, whatever the documentation says.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases import services
from lamplighter.hub.cases.models import Case, Status
from lamplighter.hub.cases.referrals import from_pattern
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.patterns import selectors as patterns
from lamplighter.hub.perpetrator_side import selectors as programmes
from lamplighter.hub.perpetrator_side.models import SessionOutcome
from lamplighter.hub.perpetrator_side.programmes import delivery
from lamplighter.hub.victim_side.models import Contact
from lamplighter.hub.victim_side.services import standing_by
from tests.browser import steps
from tests.browser.journeys.keyboard import Keyboard
from tests.integration.access import making
from tests.integration.patterns import story
from tests.integration.perpetrator_side import telling as intervention
from tests.integration.victim_side import making as side

DOCS = Path(__file__).parents[3] / "docs" / "hub.md"
START = "<!-- the longest journeys -->"
LIMITS = {
    "A report is typed, and its case is seen": 8,
    "A referral is decided": 3,
    "An advocate records the first contact": 4,
    "A clinician records a session": 3,
}


def documented() -> dict[str, tuple[int, int, int]]:
    """Pages at most, pages and presses of each journey, as the documentation has them."""
    table = DOCS.read_text("utf-8").partition(START)[2].strip().partition("\n\n")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]
    return {name: (int(most), int(pages), int(presses)) for name, most, pages, presses in rows}


def then_it_is_as_short_as_it_says(name: str, keys: Keyboard, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{name}: {keys.pages} pages, {keys.presses} presses of Enter or Space, {keys.tabs} of Tab")
    most, pages, presses = documented()[name]
    assert most == LIMITS[name]
    assert keys.pages <= min(pages, LIMITS[name])
    assert keys.presses <= presses
    steps.then_the_page_is_accessible(keys.page)


def given_i_am(page: Page, site: str, user: User) -> None:
    user.set_password(steps.PASSWORD)
    user.save()
    steps.when_i_sign_in(page, site, user)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def given_a_case_of_the_story() -> Case:
    story.receive([*story.background(), *story.STORY])
    story.relinking.relink_all()
    story.patterns.refresh_all()
    course = patterns.of_report(story.STORY[0]["report_id"]).get()
    people = {k: v for k, v in from_pattern.referral_of(course).items() if k in ("victim", "suspect")}
    by = making.somebody(Role.STALKING_LEAD)
    return services.refer(by, why="Three reports.", agencies=[], course_id=course.course_id, **people)


def test_a_report_is_typed_and_its_case_is_seen(
    page: Page, site: str, capsys: pytest.CaptureFixture[str]
) -> None:
    case = given_a_case_of_the_story()
    given_i_am(page, site, making.somebody(Role.INVESTIGATOR))
    keys = Keyboard(page, f"{site}/work/")
    keys.go("New report", "/intake/new")
    keys.type("How is it recorded?", "Harassment")
    for part, value in (("Day", "30"), ("Month", "4"), ("Year", "2026")):
        keys.type(part, value, group="Date it was reported")
    keys.type("What happened?", "Dan was waiting outside her work again and followed her to the bus stop.")
    keys.go("Continue", "/intake/new/occasion")
    keys.choose("Exact date and time", group="How exact is the date?")
    for part, value in (("Day", "30"), ("Month", "4"), ("Year", "2026")):
        keys.type(part, value, group="Date it happened")
    keys.type("Time", "8:15am")
    keys.go("Continue", "/intake/new/victim")
    keys.type("First names", "Priya")
    keys.type("Last name", "Nair")
    for part, value in (("Day", "3"), ("Month", "5"), ("Year", "1994")):
        keys.type(part, value, group="Date of birth")
    keys.type("Phone numbers", "07195 101083")
    keys.go("Continue", "/intake/new/suspect")
    keys.type("First names", "Dan")
    keys.type("Accounts", "instagram:danthemarsh")
    keys.choose("Former partner or spouse", group="How do they know each other?")
    keys.go("Continue", "/intake/new/check")
    keys.go("Save the report", "/patterns/saved/")
    keys.go(f"Case {case.reference}", f"/cases/{case.key}")
    expect(page.get_by_text("4 reports about these two people")).to_be_visible()
    then_it_is_as_short_as_it_says("A report is typed, and its case is seen", keys, capsys)


def test_a_referral_is_decided(page: Page, site: str, capsys: pytest.CaptureFixture[str]) -> None:
    given_i_am(page, site, making.somebody(Role.COORDINATOR, "hub"))
    case = making.a_case(making.somebody(Role.ADVOCATE, "helpline"), "force-a")
    keys = Keyboard(page, f"{site}/work/")
    keys.go("Decide what to do with the referral", f"/cases/{case.key}/triage")
    keys.choose("Consultation", group="What does the hub do?")
    keys.choose("Fixated", group="By which threshold?")
    keys.type("Why?", "Fixed on her for two years, and not afraid of the police.")
    keys.go("Save decision", f"/cases/{case.key}$")
    assert Status.objects.filter(case=case).latest("pk").name == "consultation"
    then_it_is_as_short_as_it_says("A referral is decided", keys, capsys)


def test_an_advocate_records_the_first_contact(
    page: Page, site: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world = side.a_world()
    side.a_rule(world.advocate, world.case)
    with identity.as_person(world.advocate):
        standing_by.appoint(world.advocate, world.case, world.advocate, timezone.localdate())
    given_i_am(page, site, world.advocate)
    keys = Keyboard(page, f"{site}/work/")
    keys.go("Contact the victim: day 1", f"/cases/{world.case.key}/victim/contact")
    keys.type("How", "Phone")
    keys.type("Outcome", "Reached")
    keys.type("What was agreed", "A call on each day, between ten and two.")
    keys.go("Record as just now", f"/cases/{world.case.key}/victim/contact")
    expect(page.get_by_text("The contact is recorded.")).to_be_visible()
    assert Contact.objects.get(case=world.case).channel == "call"
    assert Clock.objects.get(case=world.case, kind="victim.contact_day_1").state == Clock.State.DONE
    then_it_is_as_short_as_it_says("An advocate records the first contact", keys, capsys)


def test_a_clinician_records_a_session(page: Page, site: str, capsys: pytest.CaptureFixture[str]) -> None:
    user, case = intervention.clinician(), intervention.a_case()
    course = intervention.allocated(user, case)
    with identity.as_person(user), moment.at(intervention.days_ago(2)):
        found = programmes.course(case, course.enrolment.key)
        delivery.offer(user, case, found, 1, timezone.now() - dt.timedelta(hours=1))
    given_i_am(page, site, user)
    keys = Keyboard(page, f"{site}/work/")
    keys.go("Hold session 1", "/record$")
    keys.choose("Attended", group="Outcome")
    keys.type("Minutes of your work", "80")
    keys.type("Notes", "He said so himself.")
    keys.go("Record it", "/intervention/programmes/")
    assert SessionOutcome.objects.get(case=case).what == "attended"
    then_it_is_as_short_as_it_says("A clinician records a session", keys, capsys)
