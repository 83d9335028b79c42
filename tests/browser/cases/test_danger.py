"""Danger on the pages: the referral asks, the decision waits for the police, and the list puts it first."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from playwright.sync_api import Page, expect

from lamplighter.courses.reports.readings import DOMESTIC
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases.models import Case
from tests.browser import steps
from tests.browser.cases.test_case import PICTURES, given_agencies
from tests.integration.patterns.test_abuse import a_pattern


def test_danger_is_asked_and_the_police_come_before_the_decision(page: Page, site: str) -> None:
    given_agencies()
    steps.given_i_am_signed_in(page, site, Role.COORDINATOR)
    page.goto(f"{site}/cases/refer")
    page.get_by_label("Name of the victim", exact=True).fill("Priya Nair")
    page.get_by_label("Name of the suspect", exact=True).fill("Daniel Hollinshaw")
    page.get_by_label("Why do you refer this?").fill("He follows her from work.")
    page.get_by_role("group", name="Is anybody in danger now?").get_by_label("Yes", exact=True).check()
    page.get_by_role("group", name="Does the victim know").get_by_label("Yes", exact=True).check()
    page.get_by_role("button", name="Refer these two people").click()
    steps.then_the_error_summary_leads_to(
        page,
        "Enter who is in danger, and what has been done about it",
        "Who is in danger, and what has been done about it?",
    )
    steps.then_it_is_good(page, PICTURES, "danger-refer")
    page.get_by_label("Who is in danger, and what has been done").fill("She is. 999 was called at 7pm.")
    page.get_by_role("button", name="Refer these two people").click()
    case = Case.objects.get()
    page.goto(f"{site}/cases/{case.key}/triage")
    expect(page.get_by_text("The referral says that somebody is in danger now.", exact=False)).to_be_visible()
    steps.then_it_is_good(page, PICTURES, "danger-triage")
    page.get_by_label("Direct intervention").check()
    page.get_by_label("Fixated, obsessive, unwanted").check()
    page.get_by_label("Why?", exact=True).fill("Two years.")
    page.get_by_role("button", name="Save decision").click()
    expect(page.get_by_role("alert")).to_contain_text("Record the police safeguarding check first")
    page.get_by_role("link", name="Record a police safeguarding check").click()
    steps.then_it_is_good(page, PICTURES, "danger-check")
    page.get_by_label("Who of the police did it?").fill("PC Reed, Force A")
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    for part, value in (("Day", yesterday.day), ("Month", yesterday.month), ("Year", yesterday.year)):
        page.get_by_label(part, exact=True).fill(str(value))
    page.get_by_label("At what time?").fill("7:30pm")
    page.get_by_label("What did the police do?").fill("With her sister. Number flagged.")
    page.get_by_role("button", name="Save check").click()
    page.goto(f"{site}/cases/{case.key}/triage")
    expect(page.get_by_text("With her sister. Number flagged.")).to_be_visible()
    steps.then_it_is_good(page, PICTURES, "danger-checked")


def test_the_list_says_why_and_by_when(page: Page, site: str) -> None:
    why = ["above the line: strangulation, 2 days ago", "something this week", "afraid"]
    a_pattern("C-1", DOMESTIC, urgency_key=[0.0], urgency_reasons=why)
    steps.given_i_am_signed_in(page, site, Role.STALKING_LEAD)
    page.goto(f"{site}/patterns/")
    page.get_by_text("How the order is made").click()
    expect(page.get_by_text("has not been tested on real outcomes", exact=False)).to_be_visible()
    steps.then_it_is_good(page, PICTURES, "order-list")
    page.goto(f"{site}/patterns/?view=abuse")
    steps.then_it_is_good(page, PICTURES, "order-abuse-list")
    page.goto(f"{site}/patterns/C-1/abuse")
    steps.then_it_is_good(page, PICTURES, "order-abuse")
    page.get_by_label("What did you do?").fill("The domestic abuse team has it.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("“The domestic abuse team has it.”", exact=False)).to_be_visible()
