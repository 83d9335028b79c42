"""One man typed twice: a coordinator joins the two cases from the page of one, and parts them again."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from lamplighter.hub.accounts.models import Role
from tests.browser import steps
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.duplicates.test_joining import TWO

PICTURES = os.environ.get("LAMPLIGHTER_DUPLICATES_PICTURES", "")


def then_it_is_good(page: Page, name: str) -> None:
    steps.then_the_page_is_accessible(page)
    for width in (320, 375, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        steps.then_it_fits_the_screen(page)
    if PICTURES:
        steps.take_picture(page, Path(PICTURES), name)


def test_two_cases_of_two_people_are_joined_and_parted(page: Page, site: str) -> None:
    by = making.somebody(Role.COORDINATOR, "hub")
    older = telling.a_working_case(by, "direct", "force-a", "helpline", **TWO)
    younger = telling.a_working_case(
        by, "consultation", "force-b", "health", **TWO, again_why="Not known to be one."
    )
    steps.given_i_am_signed_in(page, site, Role.COORDINATOR, agency="hub", kind="hub")
    page.goto(f"{site}/cases/{younger.key}")
    page.get_by_role("link", name=f"Case {older.reference} is open about the same two people.").click()
    steps.then_the_heading_is(page, "Joined cases")
    then_it_is_good(page, "joined-none")
    page.get_by_role("link", name=f"Join with case {older.reference}").click()
    then_it_is_good(page, "join")
    page.get_by_role("button", name="Join the cases").click()
    steps.then_the_error_summary_leads_to(page, "Enter your reason", "Why are these one piece of work?")
    page.get_by_label("Why are these one piece of work?").fill("One man, typed twice by two forces.")
    page.get_by_role("button", name="Join the cases").click()
    expect(page.get_by_text(f"Work goes on in case {older.reference}.")).to_be_visible()
    expect(
        page.get_by_text(f"Case {younger.reference} is closed as a duplicate of this one.")
    ).to_be_visible()
    then_it_is_good(page, "older")
    page.goto(f"{site}/cases/{younger.key}/joined")
    then_it_is_good(page, "joined")
    page.get_by_role("link", name="part the two cases").click()
    then_it_is_good(page, "part")
    page.get_by_label("Why are they parted?").fill("Two men of one name.")
    page.get_by_role("button", name="Part the cases").click()
    expect(page.get_by_text("The cases are parted.")).to_be_visible()
