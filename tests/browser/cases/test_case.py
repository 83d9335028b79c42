"""A case from referral to closing, with a mouse, a keyboard, and without JavaScript."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.accounts.models import Agency, Role
from lamplighter.hub.cases.models import Case
from tests.browser import steps

PICTURES = os.environ.get("LAMPLIGHTER_CASE_PICTURES", "")


def given_agencies() -> None:
    for code, name, kind in (
        ("helpline", "Stalking helpline", Agency.Kind.ADVOCACY),
        ("health", "Health trust", Agency.Kind.HEALTH),
    ):
        accounts.ensure_agency(code, name, kind)


def when_i_refer(page: Page, site: str, picture: str = "") -> None:
    page.goto(f"{site}/cases/refer")
    steps.then_the_heading_is(page, "Refer two people to the hub")
    steps.then_it_is_good(page, PICTURES, picture)
    page.get_by_role("button", name="Refer these two people").click()
    steps.then_the_error_summary_leads_to(
        page, "Enter the name of the victim, or “Not known”", "Name of the victim"
    )
    page.get_by_label("Name of the victim", exact=True).fill("Priya Nair")
    page.get_by_label("Name of the suspect", exact=True).fill("Daniel Hollinshaw")
    page.get_by_label("Why do you refer this?").fill("He follows her from work.")
    page.get_by_role("group", name="Is anybody in danger now?").get_by_label("No", exact=True).check()
    knows = page.get_by_role("group", name="Does the victim know about this referral?")
    knows.get_by_label("No", exact=True).check()
    page.get_by_label("Stalking helpline").check()
    page.get_by_role("button", name="Refer these two people").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Case LL-")


def the_whole_way(page: Page, site: str) -> None:
    given_agencies()
    steps.given_i_am_signed_in(page, site, Role.COORDINATOR)
    page.goto(f"{site}/cases/")
    steps.then_the_heading_is(page, "Cases")
    expect(page.get_by_text("A case appears here when your agency refers two people")).to_be_visible()
    steps.then_it_is_good(page, PICTURES, "list-empty")
    when_i_refer(page, site, "refer")
    steps.then_it_is_good(page, PICTURES, "case-new")
    assert "Priya" not in page.title()
    bar = page.get_by_label("This matter")
    expect(bar).not_to_contain_text("Priya Nair")
    page.get_by_role("button", name="Show names").click()
    expect(page.get_by_label("This matter")).to_contain_text("Priya Nair")
    page.get_by_role("button", name="Hide names").click()

    page.get_by_role("link", name="Decide what the hub does").click()
    steps.then_it_is_good(page, PICTURES, "triage")
    page.get_by_label("Direct intervention").check()
    page.get_by_label("Fixated, obsessive, unwanted and repeated", exact=False).check()
    page.get_by_label("Why?").fill("He does not stop.")
    page.get_by_role("button", name="Save decision").click()
    expect(page.get_by_text("Decision saved.")).to_be_visible()
    steps.then_it_is_good(page, PICTURES, "case")

    case = Case.objects.get()
    for path, heading in (
        ("history", "History"),
        ("people", "The two people"),
        ("agencies", "Agencies that work on the case"),
        ("legal", "Legal status"),
        ("minutes", "Time spent"),
        ("move", "Change the status"),
        ("as-at", "The case as it was known on a past day"),
    ):
        page.goto(f"{site}/cases/{case.key}/{path}")
        steps.then_the_heading_is(page, heading)
        steps.then_it_is_good(page, PICTURES, path)

    page.goto(f"{site}/cases/{case.key}/people")
    page.get_by_role("link", name="Correct the victim").click()
    steps.then_it_is_good(page, PICTURES, "person")
    page.get_by_label("Name", exact=True).fill("Priya Nayar")
    page.get_by_label("Why is this corrected?").fill("She spelt it")
    page.get_by_role("button", name="Save correction").click()
    expect(page.get_by_text("What it said before can still be read.", exact=False)).to_be_visible()
    page.get_by_role("link", name="Link to another case The victim").click()
    steps.then_it_is_good(page)

    page.goto(f"{site}/cases/{case.key}/close")
    steps.then_it_is_good(page, PICTURES, "close")
    page.get_by_label("The plan was carried out").check()
    page.get_by_label("In words").fill("All of it.")
    for no in page.get_by_label("No", exact=True).all():
        no.check()
    page.get_by_label("There is no advocate").check()
    page.get_by_label("What was asked for and not done?").fill("Nothing")
    page.get_by_role("button", name="Close the case").click()
    expect(page.get_by_text("It is followed up at 6, 12 and 24 months.", exact=False)).to_be_visible()
    page.get_by_role("link", name="Record a follow-up").click()
    steps.then_it_is_good(page, PICTURES, "follow-up")

    page.goto(f"{site}/cases/")
    page.get_by_label("Name or reference").fill("nayar")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("link", name=case.reference)).to_be_visible()
    assert "nayar" not in page.url.lower()
    steps.then_it_is_good(page, PICTURES, "search")


def test_a_case_from_referral_to_closing(page: Page, site: str) -> None:
    the_whole_way(page, site)


def test_the_second_who_writes_sees_both(page: Page, site: str, browser: Any) -> None:
    given_agencies()
    steps.given_i_am_signed_in(page, site, Role.COORDINATOR)
    when_i_refer(page, site)
    case = Case.objects.get()
    address = f"{site}/cases/{case.key}/people"
    page.goto(address)
    page.get_by_role("link", name="Correct the victim").click()
    other = browser.new_context().new_page()
    steps.given_i_am_signed_in(other, site, Role.COORDINATOR)
    other.goto(address)
    other.get_by_role("link", name="Correct the victim").click()
    for tab, name in ((other, "Priya K Nair"), (page, "Priya Nayar")):
        tab.get_by_label("Name", exact=True).fill(name)
        tab.get_by_label("Why is this corrected?").fill("She said so")
        tab.get_by_role("button", name="Save correction").click()
    expect(page.get_by_role("heading", name="Both versions")).to_be_visible()
    expect(page.get_by_role("cell", name="Priya K Nair")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Priya Nayar")
    steps.then_it_is_good(page, PICTURES, "both")
    other.context.close()


def test_a_past_day_by_keyboard_alone(page: Page, site: str) -> None:
    from tests.integration.cases import telling

    user = steps.given_i_am_signed_in(page, site, Role.COORDINATOR)
    case = telling.a_story(user)
    page.goto(f"{site}/cases/{case.key}")
    steps.then_it_is_good(page, PICTURES, "case-story")
    past = telling.days_ago(36)
    page.get_by_label("Day").focus()
    for text in (str(past.day), str(past.month), str(past.year)):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This is the case as the hub knew it")).to_be_visible()
    expect(page.get_by_label("This matter")).to_contain_text("Direct intervention")
    steps.then_it_is_good(page, PICTURES, "as-at-past")


class TestWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, object]) -> dict[str, object]:
        return browser_context_args | {"java_script_enabled": False}

    def test_refer_and_find(self, page: Page, site: str) -> None:
        given_agencies()
        steps.given_i_am_signed_in(page, site, Role.INVESTIGATOR)
        page.goto(f"{site}/cases/refer")
        page.get_by_label("Name of the victim", exact=True).fill("Not known")
        page.get_by_label("Name of the suspect", exact=True).fill("Daniel Hollinshaw")
        page.get_by_label("Why do you refer this?").fill("He follows somebody.")
        for box in page.get_by_label("Not known", exact=True).all():
            box.check()
        page.get_by_role("button", name="Refer these two people").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Case LL-")
        page.get_by_text("Who the two people are").click()
        expect(page.get_by_text("Daniel Hollinshaw")).to_be_visible()
