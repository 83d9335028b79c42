"""An address typed into *Legal status* is taken out by the keyboard alone, and a colleague restores it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page, expect

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases.status import changes
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.redaction import services
from tests.browser import steps
from tests.integration.access import making

PICTURES = Path(os.environ.get("LAMPLIGHTER_REDACTION_PICTURES", "test-results/redaction"))
SLIP = "the flat above Gander’s bakery"
WHY = "It says where she lives."


def look(page: Page, name: str) -> None:
    steps.then_it_is_good_at_every_width(page, PICTURES, name)


def test_a_slip_is_redacted_and_restored(page: Page, site: str) -> None:
    officer = steps.given_i_am_signed_in(page, site, Role.INVESTIGATOR, agency="force-a")
    case = making.a_case(officer, "health")
    changes.set_legal_status(
        officer, case, "investigation", timezone.localdate(), f"Crime record. She is at {SLIP}, ring twice."
    )
    page.goto(f"{site}/cases/{case.key}/legal")
    look(page, "legal")
    page.goto(f"{site}/cases/{case.key}/timeline")
    look(page, "timeline")
    steps.when_i_press(page, "link", "Case administration")
    steps.when_i_press(page, "link", "Redact something")
    steps.then_the_heading_is(page, "Redact something")
    look(page, "rows")
    steps.when_i_press(page, "link", re.compile("^Redact ?: Legal status"))
    steps.then_the_heading_is(page, "Redact words")
    steps.when_i_press(page, "button", "Redact")
    steps.then_the_error_summary_leads_to(page, "Enter the words to redact", "Words to redact")
    page.get_by_label("Words to redact").fill(SLIP.upper())
    page.get_by_label("Why?").fill(WHY)
    look(page, "row")
    steps.when_i_press(page, "button", "Redact")
    steps.then_the_heading_is(page, "Redacted words")
    expect(page.get_by_text(WHY)).to_be_visible()
    look(page, "redaction")
    there = page.url
    page.goto(f"{site}/cases/{case.key}/legal")
    expect(page.get_by_text("She is at [redacted], ring twice.")).to_be_visible()
    steps.when_i_sign_out(page)
    steps.given_i_am_signed_in(page, site, Role.CLINICIAN, agency="health")
    page.goto(f"{site}/cases/{case.key}/redact")
    assert "bakery" not in page.content()
    steps.when_i_press(page, "link", re.compile("^Ask to redact ?: Legal status"))
    steps.then_the_heading_is(page, "Ask to redact words")
    look(page, "ask")
    page.get_by_label("What should be redacted, and why?").fill("“Ring twice” tells how to get in.")
    steps.when_i_press(page, "button", "Ask")
    expect(page.get_by_text("It is a task for them")).to_be_visible()
    assert Clock.objects.get(case=case, text=services.ASKED).owner_id == "force-a"
    steps.when_i_sign_out(page)
    steps.given_i_am_signed_in(page, site, Role.STALKING_LEAD, agency="force-a")
    page.goto(there)
    page.get_by_label("Why are the words restored?").fill("It is the address of the witness.")
    look(page, "restore")
    steps.when_i_press(page, "button", "Restore")
    expect(page.get_by_text("The words are restored.")).to_be_visible()
    look(page, "restored")
    page.goto(f"{site}/cases/{case.key}/legal")
    expect(page.get_by_text(f"She is at {SLIP}, ring twice.")).to_be_visible()
