"""A rejection is proposed by a stalking lead and read by an advocate; and the legal statuses of a case."""

from __future__ import annotations

import datetime as dt
import os

from django.utils import timezone
from playwright.sync_api import Page, expect

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import Agency, Role
from lamplighter.hub.cases import services
from lamplighter.hub.cases.status import changes
from tests.browser import steps

PICTURES = os.environ.get("LAMPLIGHTER_CASE_PICTURES", "")


def test_a_rejection_is_proposed_and_read(page: Page, site: str) -> None:
    advocate = steps.given_a_user(Role.ADVOCATE, agency="helpline", kind=Agency.Kind.ADVOCACY)
    lead = steps.given_i_am_signed_in(
        page, site, Role.STALKING_LEAD, agency="force-a", kind=Agency.Kind.POLICE
    )
    people = {"victim": {"name": "Priya Nair"}, "suspect": {"name": "Daniel Hollinshaw"}}
    with as_person(lead):
        case = services.refer(
            lead, **people, why="Three calls about one delivery.", agencies=[advocate.agency]
        )
    page.goto(f"{site}/cases/{case.key}/triage")
    page.get_by_role("link", name="Propose to reject this referral").click()
    page.get_by_role("button", name="Propose rejection").click()
    steps.then_the_error_summary_leads_to(page, "Enter a reason", "Why?")
    steps.then_it_is_good(page, PICTURES, "reject")
    page.get_by_label("What is known is not stalking").check()
    page.get_by_label("Why?").fill("One delivery, and nothing since.")
    page.get_by_label("What has the victim been told, or why not?").fill("Told on the telephone.")
    page.get_by_label("Where else can the victim turn?").fill("The helpline; 999 in danger.")
    page.get_by_label("Which advocate of another agency reads it?").select_option(str(advocate.key))
    page.get_by_role("button", name="Propose rejection").click()
    expect(page.get_by_text("The referral stays open", exact=False).first).to_be_visible()
    steps.then_it_is_good(page, PICTURES, "rejection-waits")
    page.goto(f"{site}/cases/{case.key}/triage")
    steps.then_it_is_good(page, PICTURES, "triage-rejection")
    steps.when_i_sign_out(page)
    steps.when_i_sign_in(page, site, advocate)
    page.goto(f"{site}/cases/{case.key}/triage/rejection")
    steps.then_it_is_good(page, PICTURES, "rejection-read")
    page.get_by_label("No, the referral stays open and is decided anew").check()
    page.get_by_label("Why?").fill("The calls went on.")
    page.get_by_role("button", name="Save answer").click()
    page.goto(f"{site}/cases/{case.key}/triage/rejection")
    expect(page.get_by_role("heading", name="The referral should not be rejected.")).to_be_visible()
    steps.then_it_is_good(page, PICTURES, "rejection-refused")


def test_two_legal_statuses_stand_and_one_ends(page: Page, site: str) -> None:
    officer = steps.given_i_am_signed_in(
        page, site, Role.INVESTIGATOR, agency="force-a", kind=Agency.Kind.POLICE
    )
    people = {"victim": {"name": "Priya Nair"}, "suspect": {"name": "Daniel Hollinshaw"}}
    with as_person(officer):
        case = services.refer(officer, **people, why="Followed from work.")
        day = timezone.localdate() - dt.timedelta(days=90)
        changes.set_legal_status(officer, case, "probation", day, "The prison", offence="Harassment")
    page.goto(f"{site}/cases/{case.key}/legal")
    page.get_by_role("button", name="Save legal status").click()
    steps.then_the_error_summary_leads_to(page, "Choose the legal status", "Not reported to the police")
    steps.then_it_is_good(page, PICTURES, "legal-errors")
    page.get_by_label("A matter that is not recorded yet").check()
    page.get_by_label("Live investigation").check()
    today = timezone.localdate()
    for part in ("day", "month", "year"):
        page.get_by_label(part.capitalize(), exact=True).fill(str(getattr(today, part)))
    page.get_by_label("Offence", exact=True).fill("Stalking, section 2A")
    page.get_by_label("Reference", exact=True).fill("23/4567")
    page.get_by_role("button", name="Save legal status").click()
    page.goto(f"{site}/cases/{case.key}/legal")
    told = "Live investigation (Stalking, section 2A); On probation or licence (Harassment)."
    expect(page.get_by_text(told, exact=True)).to_be_visible()
    steps.then_it_is_good(page, PICTURES, "legal")
    page.set_viewport_size({"width": 320, "height": 700})
    steps.then_it_is_good(page, PICTURES, "legal-narrow")
