"""One case, two sides: what each has, what neither can find of the other, and day 2 a month later."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.casework.models import Note
from lamplighter.hub.demo import cases
from lamplighter.hub.demo import world as hub
from lamplighter.hub.victim_side.models import SupportEvent
from tests.browser import steps
from tests.browser.shows import world
from tests.browser.shows.pictures import picture

HERS = "She saw him at the tram stop"
HIS = "Typology judged"


def given_the_case() -> Case:
    """The placed story as a case of six weeks, told by everybody who works on it."""
    world.given_the_world()
    hub.make_users()
    users = {u.username: u for u in User.objects.filter(username__in=[name for name, *_ in hub.USERS])}
    case = cases.tell_all(users, lambda words, share: None)
    assert case is not None
    return case


def when_somebody_signs_in(page: Page, site: str, username: str) -> None:
    steps.when_i_sign_in(page, site, User.objects.get(username=username), hub.PASSWORD)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_each_side_has_its_own_and_neither_finds_the_others(page: Page, site: str, browser: Browser) -> None:
    case = given_the_case()
    assert Note.objects.filter(case=case, partition="advocacy", words__contains=HERS).exists()
    assert Entry.objects.filter(case=case, partition="health", title__contains=HIS).exists()
    address = f"{site}/cases/{case.key}"

    when_somebody_signs_in(page, site, "advocate")
    picture(page, "work")
    then_it_holds_this_and_not_that(page, address, HERS, HIS)
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)
    picture(page, "case-advocate")
    then_her_side_is_there(page, address)
    assert page.goto(f"{address}/intervention").status == 403
    then_day_two_is_as_it_was(page, address)

    other = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    when_somebody_signs_in(other, site, "clinician")
    then_it_holds_this_and_not_that(other, address, HIS, HERS)
    steps.then_the_page_is_accessible(other)
    picture(other, "case-clinician")
    then_his_side_is_there(other, site, address)
    for part in ("victim/", "victim/contact", "victim/support", "victim/safe-contact"):
        assert other.goto(f"{address}/{part}").status in {403, 404}
    other.context.close()


def then_it_holds_this_and_not_that(page: Page, address: str, held: str, hidden: str) -> None:
    """The timeline has what this side wrote; neither it nor the case, which stays open, has the other's."""
    page.goto(f"{address}/timeline")
    expect(page.get_by_text(held).first).to_be_visible()
    expect(page.get_by_text(hidden)).to_have_count(0)
    page.goto(address)
    expect(page.get_by_text(hidden)).to_have_count(0)


def then_her_side_is_there(page: Page, address: str) -> None:
    """The pages of the victim's side one after the other, good to look at and complete."""
    for part, heading, name in (
        ("victim/contact", "Contact with the victim", "victim-contact"),
        ("victim/safe-contact", "Safe contact", "victim-safe-contact"),
        ("victim/impact", "Impact", "victim-impact"),
        ("victim/support", "Support for action", "victim-support"),
        ("victim/safety-plan", "Safety plan", "victim-safety-plan"),
    ):
        then_the_page_is_good(page, f"{address}/{part}", heading, name)


def then_his_side_is_there(page: Page, site: str, address: str) -> None:
    """The same of the other side; the programme is found by its link."""
    for part, heading, name in (
        ("intervention", "Intervention", "intervention-gate"),
        ("intervention/formulation", "Formulation", "intervention-formulation"),
        ("intervention/measures", "Measures", "intervention-measures"),
    ):
        then_the_page_is_good(page, f"{address}/{part}", heading, name)
    page.goto(f"{address}/intervention")
    programme = page.get_by_role("link", name="FACT").first.get_attribute("href")
    heading = "FACT (focused acceptance and commitment therapy)"
    then_the_page_is_good(page, f"{site}{programme}", heading, "intervention-programme")


def then_the_page_is_good(page: Page, address: str, heading: str, name: str) -> None:
    page.goto(address)
    steps.then_the_heading_is(page, heading)
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)
    picture(page, name)


def then_day_two_is_as_it_was(page: Page, address: str) -> None:
    """A victim who wavers on day 2: what is shown of that day a month later is what was known then."""
    # Her story begins on a Tuesday, whichever day it is told on.
    second = timezone.localdate(SupportEvent.objects.get(state="unsure").at)
    page.goto(f"{address}/victim/support?as_at={second:%Y-%m-%d}")
    expect(page.get_by_text("Unsure").first).to_be_visible()
    expect(page.get_by_text("Supports action (again)")).to_have_count(0)
    steps.then_the_page_is_accessible(page)
    picture(page, "day-two")
    # And what her work list showed that day, from the banner.
    page.get_by_role("link", name="what your work list showed that day").click()
    steps.then_the_heading_is(page, f"My work as at {second:%-d %B %Y}")
    expect(page.get_by_role("link", name="Contact the victim: support has changed")).to_be_visible()
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)
    picture(page, "day-two-work")
    page.goto(f"{address}/victim/support")
    expect(page.get_by_text("Supports action (again)").first).to_be_visible()


@pytest.fixture(autouse=True)
def _in_the_demonstration(settings) -> None:  # type: ignore[no-untyped-def]  # pytest-django's
    settings.DEMONSTRATION = True
