"""The search in the header, by keyboard, and what it finds. In a browser."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.people.matching import services as relinking
from tests.browser import steps
from tests.integration.patterns import story

PICTURES = Path(os.environ.get("LAMPLIGHTER_SEARCH_PICTURES", "test-results/search"))


def test_a_telephone_leads_to_the_person_and_the_reports(page: Page, site: str) -> None:
    story.receive([*story.background(), *story.STORY])
    relinking.relink_all()
    patterns.refresh_all()
    steps.given_i_am_signed_in(page, site, Role.INVESTIGATOR, agency="force-a")
    page.get_by_role("searchbox", name="Search for a name or a detail").focus()
    page.keyboard.type("07195 101083")
    page.keyboard.press("Enter")
    steps.then_the_heading_is(page, "Search")
    expect(page.get_by_role("table", name="People")).to_contain_text("Same telephone")
    expect(page.get_by_role("table", name="Reports")).to_be_visible()
    expect(page).to_have_url(f"{site}/search/")
    steps.then_it_is_good_at_every_width(page, PICTURES, "found")
    page.get_by_role("textbox", name="Search").fill("Nobody Ofthatname")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Not found among what you may see.")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, PICTURES, "nothing")
