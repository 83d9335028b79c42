"""A report about somebody of a force is shut to that force and dealt with from another. In a browser."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.intake.documents import services as intake
from lamplighter.hub.patterns import services as patterns
from tests.browser import steps
from tests.integration.access import making
from tests.integration.intake import making as documents

PICTURES = Path(os.environ.get("LAMPLIGHTER_STAFF_PICTURES", "test-results/staff"))
REASON = "She does not work with him and does not know him."


def test_somebody_of_a_force_is_reported_and_another_force_deals_with_it(page: Page, site: str) -> None:
    lead = steps.given_a_user(Role.STALKING_LEAD, agency="force-b")
    steps.given_a_user(Role.COORDINATOR, agency="force-a")
    officer = steps.given_i_am_signed_in(page, site, Role.INVESTIGATOR, agency="force-b")
    received = intake.receive_document(documents.document(), making.agency("force-a"), officer)
    patterns.report_saved(received.report_id, officer, received.key)
    page.goto(f"{site}/intake/reports/{received.key}")
    page.get_by_role("link", name="The suspect works for an agency").click()
    steps.then_the_heading_is(page, "The suspect works for an agency")
    page.get_by_role("button", name="Save").click()
    steps.then_it_is_good_at_every_width(page, PICTURES, "mark-errors")
    page.get_by_label("Which agency does the suspect work for?").select_option("force-a")
    page.get_by_label("Police officer").check()
    page.get_by_label("The victim says so").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nobody deals with this yet.")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, PICTURES, "nobody-yet")
    page.goto(f"{site}/intake/reports/{received.key}")
    expect(page.get_by_text("Do not speak of it with them.")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, PICTURES, "report")
    page.get_by_role("button", name="Sign out").click()

    steps.when_i_sign_in(page, site, lead)
    page.goto(f"{site}/work/")
    steps.then_it_is_good_at_every_width(page, PICTURES, "work")
    page.get_by_role("link", name="Name who deals with it, outside the agency").click()
    page.get_by_role("button", name="Name the lead").click()
    page.get_by_label("Why this person?").fill(REASON)
    steps.then_it_is_good_at_every_width(page, PICTURES, "lead")
    page.get_by_role("button", name="Name the lead").click()
    expect(page.get_by_text("Professional-standards route")).to_be_visible()
    expect(page.get_by_text("1 report, and every later one as it comes.")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, PICTURES, "marker")
    page.get_by_role("link", name="Record the outcome").first.click()
    steps.then_it_is_good_at_every_width(page, PICTURES, "step")
    page.goto(f"{site}/staff-reported/")
    steps.then_it_is_good_at_every_width(page, PICTURES, "list")
    page.get_by_role("link", name="is reported").first.click()
    page.get_by_role("link", name="read it before").click()
    steps.then_it_is_good_at_every_width(page, PICTURES, "looks")
