"""An address typed into *Legal status* is taken out by the keyboard alone, and a colleague restores it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page, expect

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases import lifecycle
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.redaction import services
from tests.browser import steps
from tests.integration.access import making

PICTURES = Path(os.environ.get("LAMPLIGHTER_REDACTION_PICTURES", "test-results/redaction"))
PHONE, LAPTOP = {"width": 375, "height": 700}, {"width": 1280, "height": 720}
SLIP = "the flat above Gander’s bakery"
WHY = "It says where she lives."


def look(page: Page, name: str) -> None:
    """It is accessible, and fits a laptop, a phone and the narrowest screen."""
    steps.then_the_page_is_accessible(page)
    for size, words in ((LAPTOP, "laptop"), (PHONE, "phone"), ({"width": 320, "height": 700}, "")):
        page.set_viewport_size(size)
        steps.then_it_fits_the_screen(page)
        if words:
            steps.take_picture(page, PICTURES, f"{name}-{words}")
    page.set_viewport_size(LAPTOP)


def press(page: Page, role: str, name: str | re.Pattern[str]) -> None:
    """Reach it by the keyboard alone, and press Enter."""
    wanted = page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]  # a role of ours
    wanted.focus()
    expect(wanted).to_be_focused()
    page.keyboard.press("Enter")


def test_a_slip_is_redacted_and_restored(page: Page, site: str) -> None:
    officer = steps.given_i_am_signed_in(page, site, Role.INVESTIGATOR, agency="force-a")
    case = making.a_case(officer, "health")
    lifecycle.set_legal_status(
        officer, case, "investigation", timezone.localdate(), f"Crime record. She is at {SLIP}, ring twice."
    )
    page.goto(f"{site}/cases/{case.key}/legal")
    look(page, "legal")
    page.goto(f"{site}/cases/{case.key}/timeline")
    look(page, "timeline")
    press(page, "link", "Case administration")
    press(page, "link", "Redact something")
    steps.then_the_heading_is(page, "Redact something")
    look(page, "rows")
    press(page, "link", re.compile("^Redact ?: Legal status"))
    steps.then_the_heading_is(page, "Redact words")
    press(page, "button", "Redact")
    steps.then_the_error_summary_leads_to(page, "Enter the words to redact", "Words to redact")
    page.get_by_label("Words to redact").fill(SLIP.upper())
    page.get_by_label("Why?").fill(WHY)
    look(page, "row")
    press(page, "button", "Redact")
    steps.then_the_heading_is(page, "Redacted words")
    expect(page.get_by_text(WHY)).to_be_visible()
    look(page, "redaction")
    there = page.url
    page.goto(f"{site}/cases/{case.key}/legal")
    expect(page.get_by_text("She is at [redacted], ring twice.")).to_be_visible()
    press(page, "button", "Sign out")
    steps.given_i_am_signed_in(page, site, Role.CLINICIAN, agency="health")
    page.goto(f"{site}/cases/{case.key}/redact")
    assert "bakery" not in page.content()
    press(page, "link", re.compile("^Ask to redact ?: Legal status"))
    steps.then_the_heading_is(page, "Ask to redact words")
    look(page, "ask")
    page.get_by_label("What should be redacted, and why?").fill("“Ring twice” tells how to get in.")
    press(page, "button", "Ask")
    expect(page.get_by_text("It is a task for them")).to_be_visible()
    assert Clock.objects.get(case=case, text=services.ASKED).owner_id == "force-a"
    press(page, "button", "Sign out")
    steps.given_i_am_signed_in(page, site, Role.STALKING_LEAD, agency="force-a")
    page.goto(there)
    page.get_by_label("Why are the words restored?").fill("It is the address of the witness.")
    look(page, "restore")
    press(page, "button", "Restore")
    expect(page.get_by_text("The words are restored.")).to_be_visible()
    look(page, "restored")
    page.goto(f"{site}/cases/{case.key}/legal")
    expect(page.get_by_text(f"She is at {SLIP}, ring twice.")).to_be_visible()
