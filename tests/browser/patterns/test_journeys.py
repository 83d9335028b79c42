"""From the list to a decision, and a link rejected and undone: by keyboard alone, and without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from lamplighter.hub.patterns import selectors
from lamplighter.hub.people.models import Decision
from tests.browser import steps
from tests.browser.shows import world

pytestmark = pytest.mark.slow


def given_the_story(page: Page, site: str) -> str:
    """The world with the placed story, and an officer signed in on the list; the pattern's id."""
    world.given_the_world()
    steps.given_i_am_signed_in(page, site, "investigator", agency="force-a")
    page.goto(f"{site}/patterns/")
    return selectors.of_report(world.story_reports()[0]).get(flagged=True).course_id


def then_the_list_is_filtered_to(page: Page, course_id: str) -> None:
    expect(page.get_by_role("link", name="Take away the filter: Breach")).to_be_visible()
    expect(page.get_by_role("link", name="Take away the filter: Ex-partner")).to_be_visible()
    rows = page.locator("tbody tr")
    assert (
        rows.count()
        == selectors.standing()
        .filter(flagged=True, relationship="ex_partner", rules_met__contains=["breach"])
        .count()
    )
    expect(page.get_by_role("link", name=course_id)).to_be_visible()


def then_it_is_decided(page: Page, course_id: str) -> None:
    page.wait_for_url(re.compile(f"/patterns/{course_id}/next$"))
    expect(page.get_by_text("Decision saved.")).to_be_visible()
    assert selectors.decisions(course_id)[0].kind == "course_of_conduct"


def then_a_report_has_left(page: Page, course_id: str) -> None:
    """The strongest link of the suspect's records is rejected: the pattern is no longer of four reports."""
    expect(page.get_by_text("They are held to be two people.")).to_be_visible()
    assert Decision.objects.get().kind == "not_same"
    assert selectors.one(course_id).n_reports < 4


def then_it_is_as_it_was(page: Page, course_id: str) -> None:
    expect(page.locator(".ll-answer")).to_contain_text("Four reports about Priya Nair and Daniel Hollinshaw")
    assert sorted(selectors.one(course_id).report_ids) == sorted(world.story_reports())
    assert list(Decision.objects.order_by("pk").values_list("kind", flat=True)) == ["not_same", "undo"]


def link_of_the_suspect(page: Page) -> str:
    """What the first line about the suspect is called."""
    line = page.locator("#same-people ~ ul").nth(1).get_by_role("link").first
    return " ".join(str(line.text_content()).split())


# By keyboard alone: Tab, Enter, Space and the arrows, and what is typed.


def when_i_tab_to(page: Page, name: str, *, most: int = 120) -> None:
    """Press Tab until what is called ``name`` has the focus; a thing that cannot be seen to have it fails."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => { const e = document.activeElement
                 const said = [e, ...(e.labels || [])].map(n => n.textContent.replace(/\\s+/g, ' ').trim())
                 const s = getComputedStyle(e)
                 const dot = e.type === 'radio' ? getComputedStyle(e.nextElementSibling, '::before') : s
                 const seen = s.outlineStyle !== 'none' || s.boxShadow !== 'none' || dot.boxShadow !== 'none'
                 return {said, seen} }"""
        )
        if name in here["said"]:
            assert here["seen"], f"{name!r} has the focus and does not show it"
            return
    raise AssertionError(f"The keyboard never reached {name!r}")


def when_i_press(page: Page, name: str, key: str = "Enter", *, most: int = 120) -> None:
    when_i_tab_to(page, name, most=most)
    page.keyboard.press(key)


# Making the world takes longer than all that is done in it, so each way of working makes it once.


def test_by_keyboard_alone(page: Page, site: str) -> None:
    course_id = given_the_story(page, site)
    _a_link_is_rejected_and_undone_by_keyboard(page, site, course_id)
    page.goto(f"{site}/patterns/")
    _from_the_list_to_a_decision_by_keyboard(page, course_id)


def _from_the_list_to_a_decision_by_keyboard(page: Page, course_id: str) -> None:
    when_i_press(page, "Show only some of them")
    when_i_press(page, "Breach")
    page.wait_for_url("**tag=breach")
    when_i_press(page, "Ex-partner")
    page.wait_for_url("**tag=breach&tag=ex-partner")
    then_the_list_is_filtered_to(page, course_id)
    steps.then_the_page_is_accessible(page)
    when_i_press(page, f"Priya Nair and Daniel Hollinshaw ({course_id})")
    page.wait_for_url(f"**/patterns/{course_id}")
    # The contents lead down the page and the evidence leads to its occasion.
    when_i_press(page, "Why the same people")
    page.wait_for_url("**#same-people")
    page.reload()
    when_i_press(page, "Decide", most=20)
    page.wait_for_url("**/decide")
    when_i_tab_to(page, "It is a course of conduct", most=20)
    page.keyboard.press("Space")
    when_i_tab_to(page, "Your reason", most=5)
    page.keyboard.type("One man, two forces, an order breached.")
    when_i_press(page, "Save decision", most=5)
    then_it_is_decided(page, course_id)
    steps.then_the_page_is_accessible(page)


def _a_link_is_rejected_and_undone_by_keyboard(page: Page, site: str, course_id: str) -> None:
    page.goto(f"{site}/patterns/{course_id}")
    when_i_press(page, link_of_the_suspect(page))
    page.wait_for_url("**/people/links/*")
    steps.then_the_page_is_accessible(page)
    when_i_tab_to(page, "The same person")
    page.keyboard.press("ArrowDown")
    when_i_tab_to(page, "Your reason", most=5)
    page.keyboard.type("Two brothers.")
    when_i_press(page, "Save decision", most=5)
    then_a_report_has_left(page, course_id)
    steps.then_the_page_is_accessible(page)
    page.goto(f"{site}/patterns/{course_id}")
    undo = page.get_by_role("link", name="Undo this decision")
    when_i_press(page, " ".join(str(undo.text_content()).split()))
    page.wait_for_url("**/undo")
    when_i_tab_to(page, "Your reason")
    page.keyboard.type("One man after all.")
    when_i_press(page, "Undo the decision", most=5)
    then_it_is_as_it_was(page, course_id)
    steps.then_the_page_is_accessible(page)


class TestWithoutJavaScript:
    """What the pages are like for axe is asked above: axe is itself a script."""

    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, object]) -> dict[str, object]:
        return browser_context_args | {"java_script_enabled": False}

    def test_everything_works(self, page: Page, site: str) -> None:
        course_id = given_the_story(page, site)
        self._a_link_is_rejected_and_undone(page, site, course_id)
        page.goto(f"{site}/patterns/")
        self._from_the_list_to_a_decision(page, course_id)

    def _from_the_list_to_a_decision(self, page: Page, course_id: str) -> None:
        page.get_by_text("Show only some of them").click()
        page.get_by_role("link", name="Breach", exact=True).click()
        page.get_by_role("link", name="Ex-partner", exact=True).click()
        then_the_list_is_filtered_to(page, course_id)
        page.get_by_role("link", name=course_id).click()
        expect(page.get_by_role("heading", name="Before you decide")).to_be_visible()
        # What is folded away opens without a script.
        folded = page.get_by_text("Interfering with property in the person's possession")
        expect(folded).not_to_be_visible()
        page.get_by_text("Acts by the letters of section 2A(3)").click()
        expect(folded).to_be_visible()
        page.get_by_role("button", name="Decide").click()
        page.get_by_role("button", name="Save decision").click()
        expect(page.get_by_role("alert")).to_contain_text("Choose what you decide")
        page.get_by_label("It is a course of conduct").check()
        page.get_by_label("Your reason").fill("One man, two forces, an order breached.")
        page.get_by_role("button", name="Save decision").click()
        then_it_is_decided(page, course_id)

    def _a_link_is_rejected_and_undone(self, page: Page, site: str, course_id: str) -> None:
        page.goto(f"{site}/patterns/{course_id}")
        page.locator("#same-people ~ ul").nth(1).get_by_role("link").first.click()
        page.get_by_label("Not the same person").check()
        page.get_by_label("Your reason").fill("Two brothers.")
        page.get_by_role("button", name="Save decision").click()
        then_a_report_has_left(page, course_id)
        page.goto(f"{site}/patterns/{course_id}")
        page.get_by_role("link", name="Undo this decision").click()
        page.get_by_label("Your reason").fill("One man after all.")
        page.get_by_role("button", name="Undo the decision").click()
        then_it_is_as_it_was(page, course_id)
