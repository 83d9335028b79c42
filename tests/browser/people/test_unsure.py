"""From My work to the list of unsure matches, and a decision in place, without leaving the list."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from lamplighter.hub.clerical_review import unsure_matches
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.people.matching import services as relinking
from lamplighter.hub.people.models import Decision
from tests.browser import steps
from tests.integration.patterns import story
from tests.integration.people.unsure_pairs import make_unsure

OTHERS = [f"force_a:4A/9{i:04d}0/25#2" for i in (0, 2, 4)]


def given_unsure_matches() -> int:
    story.receive([*story.background(24), *story.STORY])
    relinking.relink_all()
    patterns.refresh_all()
    for other in OTHERS:
        make_unsure(f"{story.STORY[0]['report_id']}#2", other)
    return unsure_matches.how_many()


def test_a_coordinator_decides_in_the_list(page: Page, site: str) -> None:
    number = given_unsure_matches()
    assert number >= len(OTHERS)
    steps.given_i_am_signed_in(page, site, "coordinator", agency="force-a")
    page.goto(f"{site}/work/")
    expect(page.get_by_text(f"{number} unsure matches wait for a decision.")).to_be_visible()
    steps.then_the_page_is_accessible(page)
    page.get_by_role("link", name="Decide about unsure matches").click()
    steps.then_the_heading_is(page, "Unsure matches")
    for width in (320, 375, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        steps.then_it_fits_the_screen(page)
    page.locator("details").first.locator("summary").click()
    steps.then_the_page_is_accessible(page)
    first = page.locator("section.govuk-summary-card").first
    first.get_by_role("button", name="Save decision").click()
    steps.then_the_error_summary_leads_to(page, "Choose whether they are the same person", "The same person")
    steps.then_the_page_is_accessible(page)
    page.get_by_label("Not the same person").check()
    page.get_by_label("Your reason").fill("Two towns, and neither has moved.")
    page.get_by_role("button", name="Save decision").click()
    expect(page.get_by_text("Decision saved. The patterns have been worked out again.")).to_be_visible()
    steps.then_the_heading_is(page, "Unsure matches")
    assert Decision.objects.get().kind == "not_same"
