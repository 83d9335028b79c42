"""Exhibits in a browser: sent several at once, looked at, redacted, handed over; wide and narrow."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.evidence import selectors
from lamplighter.hub.evidence.models import File
from tests.browser import steps
from tests.browser.cases.test_case import given_agencies
from tests.browser.meetings.test_meeting import given_a_case
from tests.integration.evidence import making
from tests.integration.risk import telling as risk
from tests.unit.hub.evidence import hostile

PICTURES = os.environ.get("LAMPLIGHTER_EVIDENCE_PICTURES", "")


def shot(page: Page, name: str) -> None:
    """Keep what is on the screen, for whoever wants to judge it; and hold a narrow screen to its width."""
    for wide in (1280, 375):
        page.set_viewport_size({"width": wide, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= wide, f"{name} scrolls at {wide}"
        if PICTURES:
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{wide}.png"), full_page=True)
    page.set_viewport_size({"width": 1280, "height": 720})


def test_files_are_sent_looked_at_redacted_and_handed_over(page: Page, site: str) -> None:
    given_agencies()
    user = steps.given_i_am_signed_in(page, site, Role.INVESTIGATOR)
    case = given_a_case(user)
    page.goto(f"{site}/cases/{case.key}/exhibits")
    steps.then_it_is_good(page)
    page.get_by_role("button", name="Send files").click()
    page.get_by_role("button", name="Send", exact=True).click()
    steps.then_the_error_summary_leads_to(page, "Choose the file or files", "The files")
    steps.then_it_is_good(page)
    page.get_by_label("The files").set_input_files(
        [
            {
                "name": "IMG_1.jpg",
                "mimeType": "text/html",
                "buffer": hostile.picture(size=(400, 300), seed=1),
            },
            {"name": "page.html", "mimeType": "image/jpeg", "buffer": b"<script>1</script>"},
        ]
    )
    page.get_by_label("What is it?").fill("Photograph of the car")
    page.get_by_label("The victim", exact=True).check()
    page.get_by_label("How did it come to you?").fill("Sent by email")
    page.get_by_label("Everybody on the case").check()
    shot(page, "send")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 of 2 files was not taken in")
    steps.then_it_is_good(page)
    shot(page, "sent")
    page.get_by_role("link", name="exhibit E1").click()
    expect(page.get_by_text("Waits to be scanned for viruses")).to_be_visible()
    steps.then_it_is_good(page)
    page.get_by_role("link", name="Open all the same").click()
    steps.then_it_is_good(page)
    shot(page, "open")
    making.answered(File.objects.get(role="original"))
    page.goto(f"{site}/cases/{case.key}/exhibits")
    steps.then_it_is_good(page)
    shot(page, "list")
    page.get_by_role("link", name="Exhibit E1").click()
    seen = page.locator("img.ll-exhibit")
    expect(seen).to_be_visible()
    assert seen.evaluate("e => e.naturalWidth") == 400
    page.get_by_role("link", name="Make a redacted copy").click()
    assert page.locator("img.ll-exhibit").evaluate("e => e.complete && e.naturalWidth > 0")
    steps.then_it_is_good(page)
    page.get_by_label("Which squares are to go?").fill("A1:D4")
    page.get_by_label("Why is the copy made").fill("For the court: number plate taken out")
    shot(page, "redact")
    page.get_by_role("button", name="Make the copy").click()
    expect(page.get_by_text("Taken out: A1:D4")).to_be_visible()
    page.get_by_role("link", name="Record a hand-over").click()
    steps.then_it_is_good(page)
    page.get_by_label("Who handed it over?").fill("PC Reed")
    page.get_by_label("Who took it?").fill("Digital unit")
    page.get_by_label("Why?").fill("Examination")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("from PC Reed to Digital unit")).to_be_visible()
    steps.then_it_is_good(page)
    risk.a_report(case, acts=["following"], precision="exact")
    page.get_by_role("link", name="Choose the incidents that it shows").click()
    page.get_by_role("checkbox").first.check()
    steps.then_it_is_good(page)
    shot(page, "incidents")
    page.get_by_role("button", name="Save").click()
    shot(page, "exhibit")
    page.locator("a[href*='/incidents/']").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Exhibits of an incident")
    steps.then_it_is_good(page)
    shot(page, "incident")
    page.get_by_role("link", name="All reports of the case").click()
    expect(page.get_by_role("link", name="Exhibit E1")).to_be_visible()
    steps.then_it_is_good(page)
    shot(page, "reports")
    page.get_by_role("link", name="Exhibit E1").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save original").click()
    assert saved.value.suggested_filename == "exhibit-E1.jpeg"
    page.goto(f"{site}/cases/{case.key}/exhibits/elsewhere")
    steps.then_it_is_good(page)
    with identity.as_person(user):
        assert [k.label for k in selectors.of_case(case)] == ["E1"]
