"""Show 4: an incident corrected, its words taught, what they change, accepted by another, taken back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.patterns import selectors, services
from lamplighter.hub.patterns.models import Occasion
from lamplighter.hub.people.matching import services as relinking
from tests.browser import steps
from tests.browser.patterns.test_journeys import when_i_press, when_i_tab_to
from tests.integration.patterns import story

pytestmark = pytest.mark.slow
FIRST = story.STORY[0]["report_id"]
WORDS = "left a note under the wiper"
OTHER: dict[str, Any] = story.FOURTH | {
    "report_id": "force_a:4A/000301/26",
    "summary": "IP found that he had left a note under the wiper of her car.",
}


def given_the_story() -> str:
    """Reports of one pattern, two of which tell of a note under a wiper; the pattern's id."""
    story.receive([*story.background(), *story.STORY, OTHER])
    relinking.relink_all()
    services.refresh_all()
    return selectors.of_report(FIRST).get().course_id


def acts() -> list[list[str]]:
    found = Occasion.objects.filter(course__superseded_at=None, report_id=OTHER["report_id"])
    return [list(o.acts) for o in found]


def when_i_choose(page: Page, name: str) -> None:
    when_i_tab_to(page, name)
    page.keyboard.press("Space")


def when_i_type(page: Page, label: str, text: str) -> None:
    when_i_tab_to(page, label)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def show_four(page: Page, site: str, folder: Path | None) -> None:
    course_id = given_the_story()
    before = acts()
    lead = steps.given_a_user(Role.STALKING_LEAD, agency="force-a")
    steps.given_i_am_signed_in(page, site, Role.INVESTIGATOR, agency="force-a")

    def look(name: str) -> None:
        if folder is not None:
            steps.then_the_page_is_accessible(page)
            steps.then_it_is_good_at_every_width(page, folder, name)

    place = selectors.one(course_id).occasions.get(report_id=FIRST).place
    page.goto(f"{site}/patterns/{course_id}/occasions/{place}")
    when_i_tab_to(page, "What was missed")
    page.keyboard.type("Watched")
    when_i_type(page, "Where it says so", WORDS)
    when_i_press(page, "Add the act", most=5)
    page.wait_for_load_state()
    expect(page.get_by_role("heading", name="Teach the hub these words")).to_be_visible()
    look("corrected")
    line = page.locator("#teach ~ ul").first.get_by_role("link").first
    when_i_press(page, " ".join(str(line.text_content()).split()))
    page.wait_for_url("**/teach/*")
    when_i_press(page, "See what the hub would learn")
    expect(page.get_by_text(f"“{WORDS}” is read as")).to_be_visible()
    look("teach")
    when_i_press(page, "Propose it")
    page.wait_for_url(re.compile(r"/patterns/learned/[0-9a-f-]+$"))
    expect(page.get_by_text("This is being worked out")).to_be_visible()
    services.learn()
    page.reload()
    expect(page.get_by_text("1 incident that you can see would gain the act.")).to_be_visible()
    expect(
        page.get_by_text("1 incident that you can see would read as somebody corrected it")
    ).to_be_visible()
    expect(page.get_by_label("Accept it from today on")).to_have_count(0)
    lesson = page.url
    assert acts() == before

    steps.when_somebody_else_signs_in(page, site, lead)
    page.goto(lesson)
    look("effect")
    when_i_choose(page, "Accept it from today on")
    when_i_type(page, "Your reason", "It is what he leaves behind each time.")
    when_i_press(page, "Save", most=5)
    expect(page.get_by_text("Accepted by Sam Reed")).to_be_visible()
    services.learn()
    assert acts() != before
    other = selectors.one(course_id).occasions.get(report_id=OTHER["report_id"]).place
    page.goto(f"{site}/patterns/{course_id}/occasions/{other}")
    expect(page.get_by_text("learned from a correction; accepted by Sam Reed on")).to_be_visible()
    page.goto(f"{site}/patterns/learned")
    look("learned")

    page.goto(lesson)
    when_i_choose(page, "Undo it from today on")
    when_i_type(page, "Your reason", "Some of the notes are the warden's.")
    when_i_press(page, "Save", most=5)
    expect(page.get_by_text("Undone by Sam Reed")).to_be_visible()
    services.learn()
    assert acts() == before
    look("taken-back")


def test_a_correction_is_taught_accepted_and_taken_back_by_keyboard(
    page: Page, site: str, tmp_path: Path
) -> None:
    show_four(page, site, tmp_path)


class TestWithoutJavaScript:
    """What the pages are like for axe is asked above: axe is itself a script."""

    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, Any]) -> dict[str, Any]:
        return browser_context_args | {"java_script_enabled": False}

    def test_a_correction_is_taught_accepted_and_taken_back(self, page: Page, site: str) -> None:
        show_four(page, site, None)
