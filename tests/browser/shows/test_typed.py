"""A report typed into the form joins the pattern as it is saved; the pattern is decided by keyboard alone."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lamplighter.hub.patterns import selectors
from lamplighter.synthetic import demo
from lamplighter.vocabulary.codes import code_set
from tests.browser import steps
from tests.browser.shows import world


def given_the_story(page: Page, site: str) -> str:
    """The world with the placed story, and an officer of force B signed in; the pattern's id."""
    world.given_the_world()
    steps.given_i_am_signed_in(page, site, "investigator", agency=demo.new_report()["agency"])
    return selectors.of_report(world.story_reports()[0]).get(flagged=True).course_id


def _fill_date(page: Page, group: str, on: dt.date) -> None:
    date = page.get_by_role("group", name=group)
    for part, number in (("Day", on.day), ("Month", on.month), ("Year", on.year)):
        date.get_by_label(part, exact=True).fill(str(number))


def _continue(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def _what_was_reported(page: Page, told: dict[str, Any]) -> None:
    offences = code_set("offences").codes.values()
    title = next(c.title for c in offences if c.extra.get("group") == told["recorded_as"])
    page.get_by_label("How is it recorded?").select_option(label=title)
    _fill_date(page, "Date it was reported", told["reported_at"].date())
    page.get_by_label("What happened?").fill(told["summary"])
    _continue(page)


def _when(page: Page, told: dict[str, Any]) -> None:
    at = told["occasions"][0]["started_at"]
    page.get_by_label("Exact date and time", exact=True).check()
    _fill_date(page, "Date it happened", at.date())
    page.get_by_label("Time", exact=True).fill(f"{at:%H:%M}")
    _continue(page)


def _who(page: Page, person: dict[str, Any]) -> None:
    page.get_by_label("First names").fill(person["forenames"])
    page.get_by_label("Last name").fill(person["surname"])
    page.get_by_label("Phone numbers").fill("\n".join(person["phones"]))
    if "birth_date" in person:
        _fill_date(page, "Date of birth", person["birth_date"])
    if "relationship" in person:
        page.get_by_label(code_set("relationships").title(person["relationship"]), exact=True).check()
    _continue(page)


def when_i_type_the_new_report_and_save_it(page: Page, site: str) -> None:
    told = demo.new_report()
    page.goto(f"{site}/intake/new")
    _what_was_reported(page, told)
    _when(page, told)
    for person in told["people"]:
        _who(page, person)
    steps.then_the_heading_is(page, "Check and save")
    page.get_by_role("button", name="Save the report").click()


def then_the_answer_is_the_fifth_report(page: Page) -> None:
    page.wait_for_url("**/patterns/saved/**")
    steps.then_the_heading_is(page, "What the report joins")
    answer = page.locator(".ll-answer")
    expect(answer).to_contain_text("This is the 5th report about Priya Nair and")
    expect(answer).to_contain_text("recorded as criminal damage, malicious communications (twice) and breach")
    expect(answer).to_contain_text("in two forces")
    expect(answer).to_contain_text("None was recorded as stalking.")
    assert "Nair" not in page.url + page.title()


def then_the_pattern_shows_five_occasions(page: Page, course_id: str) -> None:
    page.get_by_role("button", name="See the pattern").click()
    page.wait_for_url(f"**/patterns/{course_id}")
    expect(page.locator(".ll-answer")).to_contain_text("Five reports about Priya Nair")
    expect(page.locator("[id^=occasion-]")).to_have_count(5)
    fifth = page.locator("#occasion-5")
    expect(fifth).to_contain_text("9 June 2026, 5:15pm")
    expect(fifth).to_contain_text("followed", ignore_case=True)


def when_i_tab_to(page: Page, text: str, *, most: int = 80) -> None:
    """Press Tab until the control with this label or text has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "(e => [e, ...(e.labels || [])].map(n => n.textContent.trim()))(document.activeElement)"
        )
        if text in here:
            return
    raise AssertionError(f"The keyboard never reached {text!r}")


@pytest.mark.slow
def test_a_typed_report_joins_the_pattern_as_it_is_saved(page: Page, site: str) -> None:
    course_id = given_the_story(page, site)
    when_i_type_the_new_report_and_save_it(page, site)
    then_the_answer_is_the_fifth_report(page)
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)
    then_the_pattern_shows_five_occasions(page, course_id)
    steps.then_the_page_is_accessible(page)
    _then_it_is_decided_by_keyboard_alone(page, course_id)


def _then_it_is_decided_by_keyboard_alone(page: Page, course_id: str) -> None:
    # From the top of the pattern's page, with no hand on the mouse.
    page.reload()
    when_i_tab_to(page, "Decide", most=20)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/patterns/{course_id}/decide")
    when_i_tab_to(page, "It is a course of conduct", most=20)
    page.keyboard.press("Space")
    when_i_tab_to(page, "Your reason", most=5)
    page.keyboard.type("One man, two forces, an order breached.")
    when_i_tab_to(page, "Save decision", most=5)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/patterns/{course_id}/next$"))
    expect(page.get_by_text("Decision saved.")).to_be_visible()
    assert selectors.decisions(course_id)[0].kind == "course_of_conduct"


class TestWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, object]) -> dict[str, object]:
        return browser_context_args | {"java_script_enabled": False}

    @pytest.mark.slow
    def test_a_typed_report_joins_the_pattern(self, page: Page, site: str) -> None:
        course_id = given_the_story(page, site)
        when_i_type_the_new_report_and_save_it(page, site)
        then_the_answer_is_the_fifth_report(page)
        then_the_pattern_shows_five_occasions(page, course_id)
