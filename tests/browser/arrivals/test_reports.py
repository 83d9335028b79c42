"""From *My work* to a new report on a case and back, by whoever works with the suspect."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases import services
from lamplighter.hub.cases.referrals import from_pattern
from lamplighter.hub.patterns import selectors
from lamplighter.hub.patterns import services as patterns
from tests.browser import steps
from tests.integration.access import making
from tests.integration.patterns import story

PICTURES = os.environ.get("LAMPLIGHTER_CASE_PICTURES", "")


def given_a_case_that_a_report_joins() -> str:
    """The story with its model, a case with a probation officer's service, and the fourth report."""
    story.receive([*story.background(), *story.STORY])
    story.relinking.relink_all()
    patterns.refresh_all()
    course = selectors.of_report(story.STORY[0]["report_id"]).get()
    people = {k: v for k, v in from_pattern.referral_of(course).items() if k in ("victim", "suspect")}
    by = making.somebody(Role.STALKING_LEAD)
    others = [making.agency("probation"), making.agency("helpline")]
    case = services.refer(by, why="Four reports.", agencies=others, course_id=course.course_id, **people)
    story.receive([story.FOURTH])
    patterns.report_saved(story.FOURTH["report_id"], None)
    return case.reference


def then_it_is_good(page: Page, name: str) -> None:
    steps.then_the_page_is_accessible(page)
    for width in (1280, 375, 320):
        page.set_viewport_size({"width": width, "height": 900})
        steps.then_it_fits_the_screen(page)
        if PICTURES:
            steps.take_picture(page, Path(PICTURES), f"{name}-{width}")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_probation_officer_goes_from_my_work_to_the_report_and_has_read_it(page: Page, site: str) -> None:
    reference = given_a_case_that_a_report_joins()
    steps.given_i_am_signed_in(page, site, Role.PROBATION, agency="probation")
    page.goto(f"{site}/work/")
    expect(page.get_by_text(reference, exact=True)).to_be_visible()
    page.get_by_role("link", name="Read the new report").click()
    steps.then_the_heading_is(page, "Reports")
    expect(page.get_by_text("4 reports about these two people")).to_be_visible()
    then_it_is_good(page, "reports")
    page.get_by_role("button", name="I have read the new report").click()
    expect(page.get_by_text("Saved. The new reports are off your list.")).to_be_visible()
    page.goto(f"{site}/work/")
    expect(page.get_by_role("link", name="Read the new report")).to_have_count(0)


def test_a_stalking_lead_decides_and_sees_what_comes_next(page: Page, site: str) -> None:
    given_a_case_that_a_report_joins()
    steps.given_i_am_signed_in(page, site, Role.STALKING_LEAD, agency="force-a")
    course = selectors.of_report(story.FOURTH["report_id"]).get().course_id
    page.goto(f"{site}/patterns/{course}/decide")
    page.get_by_label("It is a course of conduct").check()
    page.get_by_label("Your reason").fill("One man, four reports.")
    page.get_by_role("button", name="Save decision").click()
    steps.then_the_heading_is(page, f"Next steps for pattern {course}")
    then_it_is_good(page, "next-steps")
    page.get_by_label("4A/000123/26").check()
    page.get_by_role("button", name="Save next steps").click()
    expect(page.get_by_text("Next steps saved.")).to_be_visible()
    then_it_is_good(page, "pattern")
    page.get_by_role("link", name="Correct how 4A/000123/26 was recorded").click()
    then_it_is_good(page, "step")
