"""Breaking the glass, its banner and its review; people kept off; the auditor's pages. In a browser."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.access_log import anomalies
from lamplighter.hub.cases import services
from lamplighter.hub.cases.models import Case
from tests.browser import steps
from tests.integration.access import making

PICTURES = Path(os.environ.get("LAMPLIGHTER_WORK_PICTURES", "test-results/oversight"))
WHY = "She may be in danger tonight and nobody of the helpline answers."


def given_a_case_with_a_confidence() -> Case:
    case = making.a_case(None, "helpline")
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    with identity.as_person(advocate):
        services.enter(advocate, case, "note", "She sleeps at her sister’s", partition="advocacy")
    return case


def test_the_glass_is_broken_and_somebody_else_reviews_it(page: Page, site: str) -> None:
    case = given_a_case_with_a_confidence()
    steps.given_i_am_signed_in(page, site, Role.STALKING_LEAD, kind="police")
    page.goto(f"{site}/cases/{case.key}")
    expect(page.get_by_text("She sleeps at her sister’s")).to_have_count(0)
    page.get_by_role("link", name="Ask for restricted information").click()
    steps.then_the_heading_is(page, "Ask for restricted information")
    steps.then_the_page_is_accessible(page)
    steps.take_picture(page, PICTURES, "need")
    page.get_by_role("button", name="Open with emergency access").click()
    steps.then_the_error_summary_leads_to(
        page, "Give a reason", "Why can it not wait until somebody has been asked?"
    )
    page.get_by_label("What the victim told their advocate in confidence").check()
    page.get_by_label("1 hour").check()
    page.get_by_label("Why can it not wait until somebody has been asked?").fill(WHY)
    page.get_by_role("button", name="Open with emergency access").click()
    expect(page.get_by_text("You have emergency access until")).to_be_visible()
    steps.then_the_page_is_accessible(page)
    steps.take_picture(page, PICTURES, "glass-open")
    page.goto(f"{site}/cases/{case.key}")
    expect(page.get_by_text("She sleeps at her sister’s").first).to_be_visible()
    page.get_by_role("button", name="I have seen enough: close it").click()
    expect(page.get_by_text("You have emergency access until")).to_have_count(0)
    page.goto(f"{site}/cases/{case.key}")
    expect(page.get_by_text("She sleeps at her sister’s")).to_have_count(0)
    steps.when_i_sign_out(page)

    steps.given_i_am_signed_in(page, site, Role.COORDINATOR, agency="force-b", kind="police")
    page.goto(f"{site}/oversight/glass")
    expect(page.get_by_text("1 use of emergency access to review.")).to_be_visible()
    steps.then_the_page_is_accessible(page)
    steps.take_picture(page, PICTURES, "reviews")
    page.get_by_role("link", name="Review what Sam Reed").click()
    steps.then_the_page_is_accessible(page)
    steps.take_picture(page, PICTURES, "review")
    page.get_by_label("It was justified").check()
    page.get_by_label("What decides it, and what follows").fill(
        "The helpline closes at six; she was at risk."
    )
    page.get_by_role("button", name="Close the review").click()
    expect(page.get_by_text("Nothing to review.")).to_be_visible()
    steps.then_the_page_is_accessible(page)


def test_somebody_is_kept_off(page: Page, site: str) -> None:
    case = given_a_case_with_a_confidence()
    other: User = steps.given_a_user(Role.CLINICIAN, agency="health", kind="health")
    other.display_name = "Nell Hollinshaw"
    other.save()
    steps.given_i_am_signed_in(page, site, Role.COORDINATOR, kind="police")
    page.goto(f"{site}/cases/{case.key}/kept-off")
    steps.then_the_page_is_accessible(page)
    page.get_by_label("Who must not open this case?").select_option(
        label=f"Nell Hollinshaw, clinician, {other.agency}"
    )
    page.get_by_label("Why?").fill("She is the sister of the suspect.")
    page.get_by_role("button", name="Block access").click()
    expect(page.get_by_role("cell", name="Nell Hollinshaw, Health")).to_be_visible()
    steps.then_the_page_is_accessible(page)
    steps.take_picture(page, PICTURES, "kept-off")
    page.get_by_role("button", name="End for Nell Hollinshaw").click()
    steps.then_the_page_is_accessible(page)
    page.get_by_label("Your reason").fill("It was another person of the same name.")
    page.get_by_role("button", name="Unblock access").click()
    expect(page.get_by_text("is not blocked from the case any more")).to_be_visible()
    page.goto(f"{site}/cases/{case.key}/looked")
    steps.then_the_page_is_accessible(page)
    steps.take_picture(page, PICTURES, "looked")


def test_the_auditors_pages(page: Page, site: str) -> None:
    case = given_a_case_with_a_confidence()
    namesake: User = steps.given_a_user(Role.INVESTIGATOR, kind="police")
    namesake.display_name = "Priya Nair"
    namesake.save()
    with identity.as_person(namesake):
        audit.consulted(namesake, "cases.seen", f"case {case.key}", case=case)
    with identity.as_service("watch access"):
        anomalies.watch()
    steps.given_i_am_signed_in(page, site, Role.AUDITOR, agency="hub", kind="hub")
    page.goto(f"{site}/audit/")
    steps.then_the_page_is_accessible(page)
    page.get_by_label("Who", exact=True).fill("Priya Nair")
    page.get_by_role("main").get_by_role("button", name="Search", exact=True).click()
    assert page.url == f"{site}/audit/"
    expect(page.get_by_role("cell", name="Priya Nair").first).to_be_visible()
    expect(page.get_by_role("cell", name="Sam Reed")).to_have_count(0)
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)
    steps.take_picture(page, PICTURES, "audit")
    page.goto(f"{site}/audit/unusual")
    steps.then_the_page_is_accessible(page)
    steps.take_picture(page, PICTURES, "unusual")
    page.get_by_role("link", name="Judge").click()
    steps.then_the_page_is_accessible(page)
    page.get_by_label("There is a good reason").check()
    page.get_by_label("What you found").fill("A namesake; her manager confirms that they never met.")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("Nothing waits.")).to_be_visible()
    steps.then_the_page_is_accessible(page)
