"""One coordinator signs what they read, a stalking lead checks it, and everybody sees it. In a browser."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page, expect

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.law.selectors import in_force
from tests.browser import steps

PICTURES = Path(os.environ.get("LAMPLIGHTER_LAW_PICTURES", "test-results/law"))
SWITCH = "Duty to have regard to multi-agency guidance on stalking"


def fill_day(page: Page, label: str, day: dt.date) -> None:
    group = page.get_by_role("group", name=label)
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(part).fill(str(value))


def test_two_people_switch_on_a_change_of_law(page: Page, site: str) -> None:
    today = timezone.localdate()
    steps.given_i_am_signed_in(page, site, Role.COORDINATOR, agency="hub")
    page.get_by_role("contentinfo").get_by_role("link", name="Law as this hub has it").click()
    steps.then_the_heading_is(page, "Law as this hub has it")
    expect(page.get_by_text("No change of law or guidance is on.")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, PICTURES, "law")
    page.get_by_role("link", name=SWITCH).click()
    steps.then_it_is_good_at_every_width(page, PICTURES, "switch-off")
    page.get_by_role("button", name="Sign what you have read").click()
    page.get_by_role("button", name="Sign", exact=True).click()
    steps.then_the_error_summary_leads_to(page, "Enter what you read", "What did you read?")
    steps.then_it_is_good_at_every_width(page, PICTURES, "sign-errors")
    page.get_by_label("What did you read?").fill("Multi-agency guidance on stalking, June 2026")
    page.get_by_label("Its number and section").fill("Chapter 2, paragraph 4")
    fill_day(page, "Day on which you read it", today)
    page.get_by_label("Yes", exact=True).check()
    fill_day(page, "Day on which it comes into force", today - dt.timedelta(days=20))
    fill_day(page, "Next review", today + dt.timedelta(days=90))
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("A second person must check it before it is on.")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, PICTURES, "switch-signed")
    page.get_by_role("button", name="Sign out").click()

    steps.given_i_am_signed_in(page, site, Role.STALKING_LEAD)
    page.goto(f"{site}/work/")
    page.get_by_role("link", name=f"Check what was signed: {SWITCH}").click()
    steps.then_it_is_good_at_every_width(page, PICTURES, "check")
    page.get_by_label("Yes: it is in force as signed").check()
    page.get_by_label("What did you read, and where?").fill("The same chapter, at GOV.UK")
    page.get_by_role("button", name="Save check").click()
    expect(page.get_by_text("Check saved. It counts now.")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, PICTURES, "switch-on")
    page.goto(f"{site}/law/")
    expect(page.get_by_text("1 change of law or guidance is on.")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, PICTURES, "law-on")
    assert in_force("multi_agency_duty", today)
