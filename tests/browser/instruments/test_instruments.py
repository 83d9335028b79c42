"""The open example from end to end by the keyboard alone and without a script; and each page looked at."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.instruments import incidents, library, selectors, services
from lamplighter.instruments.answers import State
from lamplighter.instruments.definition import Item, Type
from tests.browser import steps
from tests.browser.journeys.keyboard import Keyboard
from tests.integration.access import making
from tests.integration.instruments import filling

PICTURES = Path(os.environ.get("LAMPLIGHTER_INSTRUMENTS_PICTURES", "test-results/instruments"))
INCIDENT = "Waited outside the office"
MOST_PAGES, MOST_FIELDS = 14, 60
"""Pages that load and fields that are filled, at most; a trained person does about five fields a minute."""


@pytest.fixture
def by(site: str) -> User:
    return steps.given_a_user(Role.INVESTIGATOR)


@pytest.fixture
def case(by: User) -> Case:
    with identity.as_person(by):
        made = making.a_case(by, "helpline")
    filling.an_incident(by, made, INCIDENT)
    return made


class ByHand:
    """Somebody who answers one question after another, and counts the fields that they fill."""

    def __init__(self, keys: Keyboard) -> None:
        self.keys, self.fields = keys, 0

    def answer(self, item: Item) -> None:
        """Answer one question with something that lacks nothing."""
        self.fields += 1
        keys = self.keys
        if item.type in (Type.PRESENCE, Type.YES_NO):
            keys.choose("Yes", group=item.text)
        elif item.type is Type.JUDGEMENT:
            keys.choose(item.options[0].text, group=item.text)
        elif item.type is Type.SEVERAL:
            keys.to(item.options[0].text, group=item.text)
            keys.press("Space")
        elif item.type is Type.DATE:
            for part, value in (("Day", "3"), ("Month", "5"), ("Year", "2026")):
                keys.type(part, value, group=item.text)
            self.fields += 2
        else:
            keys.type(item.text, "The lead asks the employer by Friday")
        if item.words_for or item.type is Type.JUDGEMENT:
            keys.type("Why? In words", "From what is recorded")
            self.fields += 1
        if item.evidence:
            keys.to("Incidents that show it")
            keys.press("Enter")
            keys.to("", group="Which incidents show it?")
            keys.press("Space")
            self.fields += 1


class TestWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, object]) -> dict[str, object]:
        return browser_context_args | {"java_script_enabled": False}

    def test_the_open_example_is_answered_by_the_keyboard_alone(
        self, page: Page, site: str, by: User, case: Case, capsys: pytest.CaptureFixture[str]
    ) -> None:
        steps.when_i_sign_in(page, site, by)
        keys = Keyboard(page, f"{site}/cases/{case.key}/instruments")
        hand = ByHand(keys)
        keys.go("Begin FOUR", "/begin/four$")
        keys.go("Begin", r"/instruments/[0-9a-f-]{36}$")
        one = library.every()["four", "1"]
        keys.go(one.sections[0].title, "/pages/four$")
        for _ in range(len(one.sections)):
            page.set_viewport_size({"width": 320, "height": 700})
            steps.then_it_fits_the_screen(page)
            page.set_viewport_size({"width": 1280, "height": 720})
            code = page.url.rpartition("/")[2]
            with identity.as_person(by):
                found = selectors.sheets(case)[0]
            asked = found.path.page(code)
            assert asked is not None
            for item in asked.items:
                hand.answer(item)
            keys.go("Save and continue", "/instruments/")
            if "/pages/" not in page.url:
                break
        expect(page.get_by_text("Everything that is asked has been answered.")).to_be_visible()
        keys.go("Check and submit", "/submit$")
        keys.go("Submit", r"/instruments/[0-9a-f-]{36}$")
        expect(page.get_by_text("Submitted. It does not change any more.")).to_be_visible()
        with capsys.disabled():
            print(
                f"\nFOUR by the keyboard, without a script: {keys.pages} pages, {hand.fields} fields, "
                f"{keys.presses} presses of Enter or Space, {keys.tabs} of Tab"
            )
        assert keys.pages <= MOST_PAGES
        assert hand.fields <= MOST_FIELDS
        with identity.as_person(by):
            (found,) = selectors.submitted(case)
            assert set(found.path.codes) <= set(found.answers) | {"change_mind"}


def test_each_page_is_good_at_every_width(page: Page, site: str, by: User, case: Case) -> None:
    steps.when_i_sign_in(page, site, by)
    home = f"{site}/cases/{case.key}/instruments"

    def look(address: str, name: str) -> None:
        page.goto(address)
        steps.then_it_is_good_at_every_width(page, PICTURES, name)

    look(home, "begin-one")
    look(f"{home}/begin/four", "begin")
    page.get_by_role("button", name="Begin", exact=True).click()
    sheet = page.url
    look(sheet, "task-list")
    with identity.as_person(by):
        found = selectors.sheets(case)[0]
        cites = (incidents.of_case(case, "shared")[0].key,)
    for section in ("four", "acts", "violence"):
        look(f"{sheet}/pages/{section}", f"page-{section}")
    for summary in page.get_by_text("Published findings").all()[:2]:
        summary.click()
    steps.then_it_is_good_at_every_width(page, PICTURES, "page-effects")
    page.goto(f"{sheet}/pages/four")
    page.get_by_label("Why? In words").first.fill("They have moved the bed")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose an answer to go with your words or incidents")
    steps.then_it_is_good_at_every_width(page, PICTURES, "page-error")
    filling.answer_all(by, case, found.sheet, cites)
    with identity.as_person(by):
        services.answer_page(
            by, case, found.sheet.key, "violence", {"prior_intimate": filling.Answer(State.NO)}
        )
    look(sheet, "no-longer-asked")
    look(f"{sheet}/submit", "check")
    page.get_by_role("button", name="Submit").click()
    look(sheet, "submitted")
    look(f"{sheet}/set-aside".replace("set-aside", "correct"), "correct")
    filling.submitted(by, case, threats=State.NOT_KNOWN)
    page.goto(sheet)
    page.get_by_role("link", name=re.compile("^Compare with the one")).click()
    steps.then_it_is_good_at_every_width(page, PICTURES, "side-by-side")
    look(home, "submitted-list")


def test_the_register_is_good_at_every_width(page: Page, site: str) -> None:
    steps.given_i_am_signed_in(page, site, Role.ADMINISTRATOR, agency="hub")
    page.goto(f"{site}/instruments/")
    steps.then_it_is_good_at_every_width(page, PICTURES, "register")
    page.get_by_role("link", name="Record a licence").click()
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the instrument")
    steps.then_it_is_good_at_every_width(page, PICTURES, "licence")
