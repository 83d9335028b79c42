"""A release from writing to withdrawal, with the keyboard and without JavaScript; every page looked at."""

from __future__ import annotations

import os

from playwright.sync_api import Browser, Page, expect

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from tests.browser import steps

PICTURES = os.environ.get("LAMPLIGHTER_SHARING_PICTURES", "")


def given_a_confidence(advocate: User, officer: User) -> Case:
    people = {"victim": {"name": "Priya Nair"}, "suspect": {"name": "Daniel Hollinshaw"}}
    agencies = [officer.agency] if officer.agency else []
    with as_person(advocate):
        case = cases.refer(advocate, **people, why="He follows her.", agencies=agencies)
        cases.enter(
            advocate,
            case,
            "note",
            "Seen at the tram stop",
            partition="advocacy",
            body="She saw him at the tram stop. She has told nobody at home.",
        )
    return case


def given_the_two_of_them() -> tuple[User, User, Case]:
    officer = steps.given_a_user(Role.INVESTIGATOR, agency="force-a", kind=Agency.Kind.POLICE)
    advocate = steps.given_a_user(Role.ADVOCATE, agency="helpline", kind=Agency.Kind.ADVOCACY)
    return advocate, officer, given_a_confidence(advocate, officer)


def the_advocate_writes(page: Page, base: str) -> None:
    page.goto(base)
    steps.then_it_is_good(page, PICTURES, "register-empty")
    page.get_by_role("button", name="Share information").click()
    steps.then_it_is_good(page, PICTURES, "choose")
    page.get_by_label("Seen at the tram stop", exact=False).check()
    page.get_by_role("button", name="Continue").click()
    steps.then_the_heading_is(page, "Write what they will read")
    page.get_by_label("What the recipient will read").fill("")
    page.get_by_role("button", name="Continue").click()
    steps.then_the_error_summary_leads_to(
        page, "Enter the words that the recipient will read", "What the recipient will read"
    )
    steps.then_it_is_good(page, PICTURES, "write-errors")
    page.get_by_label("What the recipient will read").fill("He stood at the tram stop on Tuesday at eight.")
    page.get_by_label("An act or a contact").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("The police", exact=True).check()
    steps.then_it_is_good(page, PICTURES, "write-readers")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Consent", exact=True).check()
    steps.then_it_is_good(page, PICTURES, "write-basis")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("The victim", exact=True).check()
    page.get_by_label("By phone").check()
    for part, value in (("Day", "2"), ("Month", "11"), ("Year", "2026")):
        page.get_by_role("group", name="Date of the consent").get_by_label(part).fill(value)
    steps.then_it_is_good(page, PICTURES, "write-consent")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Why do they need it?").fill("It is an act that they do not have.")
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("By phone")).to_be_checked()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Why this much, and no more?").fill("Only where and when.")
    steps.then_it_is_good(page, PICTURES, "write-why")


def test_from_writing_to_withdrawing(page: Page, site: str) -> None:
    advocate, officer, case = given_the_two_of_them()
    base = f"{site}/cases/{case.key}/sharing"
    steps.when_i_sign_in(page, site, advocate)
    the_advocate_writes(page, base)
    # By keyboard from here.
    page.get_by_role("button", name="See what they will read").focus()
    page.keyboard.press("Enter")
    steps.then_the_heading_is(page, "Check before you release it")
    expect(page.get_by_text("She has told nobody at home.")).to_have_count(0)
    steps.then_it_is_good(page, PICTURES, "check")
    page.get_by_role("button", name="Release it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is released.", exact=False)).to_be_visible()
    steps.then_it_is_good(page, PICTURES, "register")
    page.goto(f"{base}/print")
    steps.then_it_is_good(page, PICTURES, "print")
    page.goto(f"{site}/sharing/register")
    steps.then_it_is_good(page, PICTURES, "agency")
    the_officer_reads(page, site, officer, case)
    steps.when_i_sign_in(page, site, advocate)
    page.goto(base)
    page.get_by_role("link", name="Open line 1", exact=False).click()
    steps.then_it_is_good(page, PICTURES, "released-origin")
    page.get_by_role("button", name="Withdraw it").click()
    steps.then_it_is_good(page, PICTURES, "withdraw")
    page.get_by_label("Your reason").fill("She changed her mind.")
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_text("It is withdrawn.", exact=False)).to_be_visible()
    steps.when_i_sign_out(page)
    steps.when_i_sign_in(page, site, officer)
    page.goto(base)
    expect(page.get_by_text("Withdrawn on", exact=False)).to_be_visible()
    expect(page.get_by_text("tram stop", exact=False)).to_have_count(0)


def the_officer_reads(page: Page, site: str, officer: User, case: Case) -> None:
    steps.when_i_sign_out(page)
    steps.when_i_sign_in(page, site, officer)
    page.goto(f"{site}/cases/{case.key}")
    expect(page.get_by_role("heading", name="Released to you")).to_be_visible()
    page.get_by_role("link", name="Seen at the tram stop", exact=False).first.click()
    expect(page.get_by_text("He stood at the tram stop on Tuesday at eight.")).to_be_visible()
    steps.then_it_is_good(page, PICTURES, "released-recipient")
    steps.when_i_sign_out(page)


def test_it_works_without_javascript(browser: Browser, site: str) -> None:
    advocate, _, case = given_the_two_of_them()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 720})
    page = context.new_page()
    steps.when_i_sign_in(page, site, advocate)
    page.goto(f"{site}/cases/{case.key}/sharing/new")
    page.get_by_label("Something else, in my own words").check()
    page.get_by_role("button", name="Continue").click()
    steps.then_the_heading_is(page, "Write what they will read")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()
    context.close()
