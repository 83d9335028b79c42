"""Around a case: accounts, the trail, the glass, the register, rights, and what is new on the work list."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from lamplighter.hub.access.models import BreakGlass
from lamplighter.hub.rights.models import SubjectRequest
from tests.browser import steps
from tests.browser.shows.pictures import picture
from tests.browser.shows.test_two_sides import given_the_case, when_somebody_signs_in


@pytest.fixture(autouse=True)
def _in_the_demonstration(settings) -> None:  # type: ignore[no-untyped-def]  # pytest-django's
    settings.DEMONSTRATION = True


def as_somebody(browser: Browser, site: str, username: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    when_somebody_signs_in(page, site, username)
    return page


def then_it_is_good(page: Page, heading: str, name: str) -> None:
    """The heading, no fault that axe finds, nothing wider than a small laptop; and the picture."""
    steps.then_the_heading_is(page, heading)
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)
    picture(page, name)


def test_what_is_around_a_case(site: str, browser: Browser) -> None:
    case = given_the_case()
    address = f"{site}/cases/{case.key}"

    page = as_somebody(browser, site, "administrator")
    then_it_is_good(page, "Accounts", "accounts")
    page.goto(f"{site}/account/training")
    then_it_is_good(page, "Training", "training")
    page.context.close()

    page = as_somebody(browser, site, "auditor")
    then_it_is_good(page, "Audit log", "audit")
    glass = BreakGlass.objects.get(case=case)
    page.goto(f"{site}/oversight/glass/{glass.key}")
    then_it_is_good(page, "Was this access justified?", "glass-review")
    page.context.close()

    page = as_somebody(browser, site, "coordinator")
    page.goto(f"{address}/need")
    then_it_is_good(page, "Ask for restricted information", "break-glass")
    page.goto(f"{address}/looked")
    then_it_is_good(page, "Who looked at this case", "looked")
    page.context.close()


def test_what_crossed_the_wall_is_found_on_the_work_list_and_read(site: str, browser: Browser) -> None:
    case = given_the_case()
    page = as_somebody(browser, site, "investigator")
    then_it_is_good(page, "My work", "work-to-read")
    expect(page.get_by_text("tram stop")).to_have_count(0)
    page.get_by_role("link", name=re.compile("^Read what was released to your agency")).click()
    then_it_is_good(page, "Released to the police", "released")
    expect(page.get_by_text("He stood at the tram stop")).to_be_visible()
    page.goto(f"{site}/work/")
    expect(page.get_by_role("link", name=re.compile("^Read what was released"))).to_have_count(0)
    page.goto(f"{site}/cases/{case.key}/sharing")
    then_it_is_good(page, "Shared between agencies", "register")
    page.goto(f"{site}/cases/{case.key}/sharing/new/write")
    then_it_is_good(page, "Write what they will read", "release")
    page.context.close()


def test_somebody_asks_what_is_held_about_them(site: str, browser: Browser) -> None:
    given_the_case()
    asked = SubjectRequest.objects.get()
    page = as_somebody(browser, site, "investigator")
    page.get_by_role("link", name=re.compile("^Answer a request for personal data")).click()
    expect(page).to_have_url(f"{site}/rights/requests/{asked.key}")
    then_it_is_good(page, "A request for personal data", "rights-request")
    page.goto(f"{site}/rights")
    then_it_is_good(page, "Data requests", "rights")
    page.context.close()

    page = as_somebody(browser, site, "advocate")
    expect(page.get_by_text("Text first.", exact=False)).to_be_visible()
    then_it_is_good(page, "My work", "work-safe-contact")
    page.get_by_role("link", name=re.compile(r"^Subject access request: \d+ records")).click()
    steps.then_the_heading_is(page, "Records that your agency decides")
    steps.then_the_page_is_accessible(page)
    page.get_by_role("link", name=re.compile("record 1$")).click()
    then_it_is_good(page, "Decide a record", "rights-decide")
    page.context.close()
