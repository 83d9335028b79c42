"""What is typed on a new report is there again: after leaving the page, and after Back."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path

from playwright.sync_api import Page, expect

from lamplighter.hub.accounts.credentials import FormDraft
from tests.browser import steps
from tests.browser.intake.test_new_report import when_i_say_what_was_reported

SHOTS = os.environ.get("LAMPLIGHTER_SHOTS", "")


def shot(page: Page, name: str) -> None:
    """A picture for whoever looks at the pages; none in an ordinary run."""
    for width in (1280, 375) if SHOTS else ():
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def then_it_was_held_again(before: dt.datetime) -> None:
    """What a page sends when it is left is on its way while the next one comes."""
    for _ in range(100):
        if FormDraft.objects.get().at != before:
            return
        time.sleep(0.1)
    raise AssertionError("nothing was held when the page was left")


def test_what_is_typed_survives_leaving_and_back(page: Page, site: str) -> None:
    steps.given_i_am_signed_in(page, site, "investigator")
    page.goto(f"{site}/intake/new")
    when_i_say_what_was_reported(page)
    # Typed, not sent: the page is left by a link.
    page.get_by_label("Time", exact=True).fill("5pm")
    page.get_by_label("Place", exact=True).fill("outside the library")
    before = FormDraft.objects.get().at
    page.get_by_role("link", name="Cases", exact=True).click()
    steps.then_the_heading_is(page, "Cases")
    then_it_was_held_again(before)
    page.get_by_role("link", name="New report").click()
    steps.then_the_heading_is(page, "You have a report that is not saved")
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)
    shot(page, "unfinished-report")
    page.get_by_role("button", name="Continue this report").click()
    expect(page.get_by_label("Time", exact=True)).to_have_value("5pm")
    expect(page.get_by_label("Place", exact=True)).to_have_value("outside the library")
    page.get_by_label("Place", exact=True).fill("outside the school")
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.get_by_label("What happened?")).to_have_value(
        "Dan sent her messages all night and waited outside her work."
    )
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Place", exact=True)).to_have_value("outside the school")
    shot(page, "occasion")
    steps.then_the_page_is_accessible(page)
    page.goto(f"{site}/intake/new")
    page.get_by_role("button", name="Delete it and start a new report").click()
    expect(page.get_by_label("What happened?")).to_have_value("")
    assert not FormDraft.objects.exists()
