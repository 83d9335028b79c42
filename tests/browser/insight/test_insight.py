"""From an empty Insight to a report that is read in the hub, by keyboard and without any script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Agency, Role
from lamplighter.hub.insight import folders, services
from lamplighter.hub.insight.models import Release, Review
from tests.browser import steps
from tests.browser.shows.pictures import picture
from tests.integration.insight import making


def then_it_is_good(page: Page) -> None:
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)


def test_a_review_is_run_read_and_released(page: Page, site: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(folders, "root", lambda: tmp_path / "insight")
    making.a_hub()
    steps.given_i_am_signed_in(page, site, Role.ANALYST, agency="hub", kind=Agency.Kind.HUB)
    page.get_by_role("link", name="Statistics").click()
    expect(page.get_by_text("No review has been run yet", exact=False)).to_be_visible()
    then_it_is_good(page)
    when_i_ask_for_a_review(page)
    steps.then_the_heading_is(page, "Review of 1 July 2025 to 30 June 2026")
    expect(page.get_by_text("waits for its turn", exact=False)).to_be_visible()
    half_way(page)
    making.made(Review.objects.get())
    page.reload()
    expect(page.get_by_role("button", name="Read the report")).to_be_visible()
    then_it_is_good(page)
    picture(page, "insight-review")
    the_report_reads(page)
    a_release(page, site)


def when_i_ask_for_a_review(page: Page) -> None:
    """With the keyboard alone, after a mistake."""
    page.get_by_role("button", name="Run a review").focus()
    page.keyboard.press("Enter")
    steps.then_the_heading_is(page, "Run a review")
    then_it_is_good(page)
    for group, year in (("First day", "2025"), ("Last day", "2024")):
        inside = page.get_by_role("group", name=group)
        month = "7" if group == "First day" else "6"
        day = "1" if group == "First day" else "30"
        for part, value in (("Day", day), ("Month", month), ("Year", year)):
            inside.get_by_label(part, exact=True).fill(value)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The first day must be before the last day")
    then_it_is_good(page)
    page.get_by_role("group", name="Last day").get_by_label("Year", exact=True).fill("2026")
    page.keyboard.press("Enter")


def half_way(page: Page) -> None:
    """A worker holds it: the page says the step, and its link looks again without a script."""
    from django.db import connection

    from lamplighter.hub.insight import running

    review = Review.objects.get()
    Review.objects.update(state="running", step="The 33 indicators", step_number=9)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [running.LOCKS[Review], review.pk])
        page.get_by_role("link", name="Look again").click()
        expect(page.get_by_text("Step 9 of 11: The 33 indicators", exact=False)).to_be_visible()
        then_it_is_good(page)
        picture(page, "insight-progress")
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [running.LOCKS[Review], review.pk])


def the_report_reads(page: Page) -> None:
    page.get_by_role("button", name="Read the report").click()
    expect(page.get_by_role("link", name="Back to the review in Insight")).to_be_visible()
    # Its style is there: a page without it would be set in the browser's own letters, from edge to edge.
    assert page.evaluate("document.styleSheets[0].cssRules.length") > 10
    then_it_is_good(page)
    picture(page, "insight-report")
    page.get_by_role("link", name="Back to the review in Insight").click()


def a_release(page: Page, site: str) -> None:
    page.get_by_role("button", name="Prepare a release").click()
    then_it_is_good(page)
    page.get_by_role("button", name="Protect and test").click()
    steps.then_the_heading_is(page, "Preparing a release")
    with identity.job(services.PURPOSE):
        services.make_release(Release.objects.get())
    page.reload()
    steps.then_the_heading_is(page, "It passed, and may leave")
    then_it_is_good(page)
    picture(page, "insight-released")
    page.get_by_role("button", name="Read what is released").click()
    expect(page.get_by_role("link", name="Back to Insight")).to_be_visible()
    then_it_is_good(page)
    page.get_by_role("link", name="Back to Insight").click()
    expect(page.get_by_role("link", name="Download release 1 (ZIP)")).to_be_visible()
    then_it_is_good(page)
    picture(page, "insight")


class TestWithoutScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, Any]) -> dict[str, Any]:
        return browser_context_args | {"java_script_enabled": False}

    def test_the_form_and_the_progress_need_no_script(self, page: Page, site: str) -> None:
        steps.given_i_am_signed_in(page, site, Role.ANALYST, agency="hub", kind=Agency.Kind.HUB)
        page.goto(f"{site}/insight/run")
        page.get_by_role("button", name="Run it").click()
        expect(page.get_by_text("waits for its turn", exact=False)).to_be_visible()
        page.get_by_role("link", name="Look again").click()
        expect(page.get_by_text("waits for its turn", exact=False)).to_be_visible()
