"""A request from the door to the answer, and a review that ends in erasure; every page looked at."""

from __future__ import annotations

import datetime as dt
import os

from django.utils import timezone
from playwright.sync_api import Page, expect

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Agency, Role
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.rights import services
from lamplighter.hub.rights.models import SubjectRequest
from tests.browser import steps

PICTURES = os.environ.get("LAMPLIGHTER_RIGHTS_PICTURES", "")


def test_asked_decided_answered_and_erased(page: Page, site: str) -> None:
    user = steps.given_i_am_signed_in(page, site, Role.ADVOCATE, agency="helpline", kind=Agency.Kind.ADVOCACY)
    people = {"victim": {"name": "Priya Nair"}, "suspect": {"name": "Daniel Hollinshaw"}}
    with identity.as_person(user):
        case = cases.refer(user, **people, why="He follows her.")
        cases.enter(user, case, "note", "A talk", partition="advocacy", body="She sleeps badly.")
    the_request(page, site)
    with identity.job("answer a subject"):
        services.collect_waiting()
    the_decision(page, site)
    SubjectRequest.objects.update(decide_by=timezone.localdate() - dt.timedelta(days=1))
    page.goto(f"{site}/rights")
    page.get_by_role("link", name="Priya Nair", exact=False).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Make the answer").click()
    assert download.value.suggested_filename == "answer.zip"
    page.goto(f"{site}/rights")
    expect(page.get_by_text("Answered on", exact=False)).to_be_visible()
    steps.then_it_is_good(page, PICTURES, "requests")
    the_erasure(page, site, case)
    assert not Case.objects.filter(pk=case.pk).exists()


def the_request(page: Page, site: str) -> None:
    page.goto(f"{site}/rights")
    page.get_by_role("button", name="Take in a request").click()
    page.get_by_role("button", name="Take it in").click()
    steps.then_the_error_summary_leads_to(
        page, "Enter the name of the person who asks", "Name of the person who asks"
    )
    steps.then_it_is_good(page, PICTURES, "take-in")
    page.get_by_label("Name of the person who asks").fill("Priya Nair")
    today = timezone.localdate()
    group = page.get_by_role("group", name="Day on which the request was received")
    for part, value in (("Day", today.day), ("Month", today.month), ("Year", today.year)):
        group.get_by_label(part, exact=True).fill(str(value))
    page.get_by_label("How do you know that it is they who ask?").fill("She is known to us.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    steps.then_the_heading_is(page, "A request for personal data")
    steps.then_it_is_good(page, PICTURES, "request")


def the_decision(page: Page, site: str) -> None:
    page.goto(f"{site}/rights/items")
    steps.then_it_is_good(page, PICTURES, "items")
    row = page.locator("#id_records").get_by_role("link").last
    row.click()
    steps.then_it_is_good(page, PICTURES, "decide")
    page.get_by_label("Give it", exact=True).check()
    page.get_by_label("Heading for the person").fill("What you told us")
    page.get_by_label("What the person gets").fill("You told us that you sleep badly.")
    page.get_by_label("Your reasoning").fill("It is hers.")
    page.get_by_role("button", name="Save decision").click()
    expect(page.get_by_text("Decision saved.")).to_be_visible()


def the_erasure(page: Page, site: str, case: Case) -> None:
    page.goto(f"{site}/rights/retention")
    steps.then_it_is_good(page, PICTURES, "due")
    page.goto(f"{site}/cases/{case.key}/retention")
    steps.then_it_is_good(page, PICTURES, "retention-empty")
    page.get_by_role("button", name="Review").click()
    steps.then_it_is_good(page, PICTURES, "review")
    page.get_by_label("Erase it", exact=True).check()
    page.get_by_label("Advocacy: the charity", exact=False).check()
    page.get_by_label("The person asked for erasure", exact=False).check()
    page.get_by_label("Your reason").fill("She asked, and nothing requires it.")
    page.get_by_role("button", name="Save decision").click()
    expect(page.get_by_text("You decided it and cannot", exact=False)).to_be_visible()
    steps.then_it_is_good(page, PICTURES, "retention")
    # Somebody else of the agency approves it.
    page.context.clear_cookies()
    steps.given_i_am_signed_in(page, site, Role.ADVOCATE, agency="helpline", kind=Agency.Kind.ADVOCACY)
    page.goto(f"{site}/cases/{case.key}/retention")
    page.get_by_role("button", name="Approve the erasure").click()
    expect(page.get_by_text("She asked, and nothing requires it.", exact=False)).to_be_visible()
    page.get_by_label("Reference of the case").fill(case.reference)
    steps.then_it_is_good(page, PICTURES, "erase")
    page.get_by_role("button", name="Approve, and erase it").click()
    expect(page.get_by_text("It is erased.")).to_be_visible()
