"""The advocate's day: a contact that is refused, the vault for a reason, a doubt; with and without script."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.demo.story import victim_side as story_victim_side
from tests.browser import steps
from tests.integration.access import making as access

PAGES = (
    "",
    "support",
    "impact",
    "statement",
    "needs",
    "public-funds",
    "safety-plan",
    "contact",
    "updates",
    "advocate",
)
PAGES += ("safe-contact", "public-funds", "contact/cadence", "contact/rule-broken")


def given_the_story() -> tuple[Case, dict[str, User]]:
    """A case two months old, with the story of the demonstration in it."""
    investigator = access.somebody("investigator")
    advocate = steps.given_a_user("advocate", agency="helpline", kind="advocacy")
    case = access.a_case(investigator, "helpline")
    users = {"advocate": advocate, "investigator": investigator, "lead": access.somebody("stalking_lead")}
    story_victim_side.tell(users, case)
    return case, users


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("VICTIM_SIDE_PICTURES"):
        steps.take_picture(page, Path(folder), name)


@pytest.mark.slow
def test_every_page_is_accessible_and_fits(page: Page, site: str) -> None:
    case, users = given_the_story()
    steps.when_i_sign_in(page, site, users["advocate"])
    for part in PAGES:
        page.goto(f"{site}/cases/{case.key}/victim/{part}")
        steps.then_the_page_is_accessible(page)
        steps.then_it_fits_the_screen(page)
        picture(page, part.replace("/", "-") or "side")
    day = story_victim_side.first_day(case, dt.datetime.now(dt.UTC)) + dt.timedelta(days=2)
    page.goto(f"{site}/cases/{case.key}/victim/?as_at={day}")
    steps.then_the_page_is_accessible(page)
    expect(page.get_by_text("Contact the victim: support has changed").first).to_be_visible()
    picture(page, "side-day-2")


def _the_journey(page: Page, site: str) -> None:
    case, users = given_the_story()
    steps.when_i_sign_in(page, site, users["advocate"])
    # When I record a voicemail, it is refused in words.
    page.goto(f"{site}/cases/{case.key}/victim/contact")
    page.get_by_role("radio", name="To the victim").check()
    page.get_by_role("radio", name="Voicemail").check()
    page.get_by_role("button", name="Record the contact").click()
    expect(page.get_by_role("alert")).to_contain_text("the rule does not allow “voicemail”")
    steps.then_the_page_is_accessible(page)
    picture(page, "contact-refused")
    # When I say why, the number is shown once.
    page.get_by_role("link", name="Number, address and rules: say why you need them").click()
    steps.then_the_heading_is(page, "Safe contact")
    page.get_by_role("button", name="Show it once").click()
    steps.then_the_error_summary_leads_to(
        page, "Say why you need to see this", "Why do you need to see this?"
    )
    page.get_by_label("Why do you need to see this?").fill("To call about the hearing")
    page.get_by_role("button", name="Show it once").click()
    expect(page.get_by_text("07700 900417").first).to_be_visible()
    assert "07700" not in page.url
    steps.then_the_page_is_accessible(page)
    picture(page, "vault")
    # When she wavers, it is recorded with the pressure check, and stays with me.
    page.goto(f"{site}/cases/{case.key}/victim/support")
    page.get_by_role("radio", name="Unsure").check()
    page.get_by_role("checkbox", name="Not wanting to go to court").check()
    page.get_by_label("In the victim's own words").fill("I do not want to see him there.")
    for question in ("Was anybody else there", "Has anybody asked the victim", "Is the victim afraid"):
        page.get_by_role("group", name=question).get_by_role("radio", name="No", exact=True).check()
    page.get_by_role("button", name="Record the change").click()
    expect(page.get_by_text("The change of support is recorded.")).to_be_visible()
    expect(page.get_by_text("“I do not want to see him there.”")).to_be_visible()
    expect(page.get_by_text("Known to advocates only").first).to_be_visible()
    steps.then_the_page_is_accessible(page)
    picture(page, "support-unsure")
    page.goto(f"{site}/cases/{case.key}/victim/")
    expect(page.get_by_text("Contact the victim: support has changed").first).to_be_visible()


@pytest.mark.slow
def test_the_journey(page: Page, site: str) -> None:
    _the_journey(page, site)


@pytest.mark.slow
def test_two_plans_side_by_side_by_keyboard(page: Page, site: str) -> None:
    case, users = given_the_story()
    steps.when_i_sign_in(page, site, users["advocate"])
    page.goto(f"{site}/cases/{case.key}/victim/safety-plan")
    second = page.context.new_page()
    second.goto(f"{site}/cases/{case.key}/victim/safety-plan")
    second.get_by_label("At home").fill("A camera at the back")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_text("Saved.")).to_be_visible()
    page.get_by_label("At home").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("A dog")
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Yours, not saved yet")).to_be_visible()
    expect(page.get_by_text("A camera at the back")).to_be_visible()
    expect(page.get_by_label("At home")).to_have_value("A dog")
    steps.then_the_page_is_accessible(page)
    picture(page, "side-by-side")


class TestWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, object]) -> dict[str, object]:
        return browser_context_args | {"java_script_enabled": False}

    @pytest.mark.slow
    def test_a_doubt_is_recorded(self, page: Page, site: str) -> None:
        case, users = given_the_story()
        steps.when_i_sign_in(page, site, users["advocate"])
        page.goto(f"{site}/cases/{case.key}/victim/support")
        page.get_by_role("button", name="Record the change").click()
        expect(page.get_by_role("alert")).to_contain_text("Choose what is so now")
