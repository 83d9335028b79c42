"""What this hub is for: reports under other names are one pattern, a new one joins it, a link is rejected."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.documents import services as intake_documents
from lamplighter.hub.intake.new_report import drafts
from lamplighter.hub.patterns import selectors, services
from lamplighter.hub.people import selectors as people
from lamplighter.hub.people.models import Link, Membership
from lamplighter.synthetic import demo
from tests.browser import steps
from tests.browser.shows import world
from tests.browser.shows.pictures import picture


def given_the_story(page: Page, site: str) -> str:
    """The world with the placed story, and an officer of force A signed in; the pattern's id."""
    world.given_the_world()
    steps.given_i_am_signed_in(page, site, "investigator", agency="force-a")
    return selectors.of_report(world.story_reports()[0]).get(flagged=True).course_id


def given_a_report_is_typed_in(user_agency: str = "force-b") -> str:
    """The report that a member of staff types into the form, received through the form's own door."""
    from lamplighter.hub.accounts.services import ensure_agency

    agency = ensure_agency(user_agency)
    document = demo.new_report() | {"source_ref": drafts.new_reference(agency)}
    received = intake_documents.receive_document(document, agency)
    services.report_saved(received.report_id, None)
    return received.key


def then_every_link_is_explained(page: Page) -> None:
    lines = page.locator("#same-people ~ ul").first.get_by_role("listitem")
    assert lines.count() >= 2
    expect(lines.first).to_contain_text(re.compile("Strongest point against|Nothing recorded contradicts"))


@pytest.mark.slow
def test_the_shows(page: Page, site: str) -> None:
    course_id = given_the_story(page, site)
    _show_1_why_they_are_one_course(page, site, course_id)
    _three_dyads_explained(page, site)
    _show_2_a_new_report_joins_as_it_is_saved(page, site, course_id)
    _show_3_a_rejected_link_and_its_undoing(page, site, course_id)


def _show_1_why_they_are_one_course(page: Page, site: str, course_id: str) -> None:
    # When I open the patterns to decide, the story is there, under its two people's names.
    page.goto(f"{site}/patterns/")
    steps.then_the_heading_is(page, "Patterns to decide")
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)
    picture(page, "patterns")
    # When I open it
    page.get_by_role("link", name=course_id).click()
    # Then the sentence comes first, and says that nobody called it stalking.
    answer = page.locator(".ll-answer")
    expect(answer).to_contain_text(
        "Four reports about Priya Nair and Daniel Hollinshaw, in two forces, over 41 days."
    )
    expect(answer).to_contain_text("None was recorded as stalking.")
    expect(page).to_have_title(f"Pattern {course_id} – Lamplighter")
    assert "Nair" not in page.url
    for title in ("Fixated", "Obsessive", "Unwanted", "Repeated"):
        expect(page.get_by_role("term").filter(has_text=title)).to_be_visible()
    then_every_link_is_explained(page)
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)
    picture(page, "pattern")
    # And behind each link stands its waterfall, whose bars are a table too.
    page.locator("#same-people ~ ul a").first.click()
    expect(page.get_by_role("img", name="Bar chart of")).to_be_visible()
    steps.then_the_page_is_accessible(page)
    picture(page, "link")
    page.get_by_role("link", name="See the person they belong to").click()
    steps.then_the_page_is_accessible(page)
    picture(page, "person")
    # And the words that were read can be checked and corrected.
    page.goto(f"{site}/patterns/{course_id}")
    page.get_by_role("link", name="See how incident 1 was read").click()
    expect(page.locator("mark").first).to_be_visible()
    steps.then_the_page_is_accessible(page)
    page.get_by_role("button", name=re.compile("Wrong.*Damaged property")).click()
    expect(page.get_by_role("alert")).to_contain_text("Enter your reason")
    page.get_by_role("button", name=re.compile("Right.*Damaged property")).click()
    expect(page.get_by_text("agreed by Sam Reed")).to_be_visible()


def _three_dyads_explained(page: Page, site: str) -> None:
    """An easy one, one that nobody would dare by eye, and one that is not linked although the victim is."""
    records = Membership.objects.filter(role="suspect").values("record_id")
    suspects = Link.objects.filter(left_record__in=records, right_record__in=records)
    linked = suspects.filter(band=Link.Band.LINKED).order_by("-match_weight", "pk")
    refused = suspects.exclude(band=Link.Band.LINKED).order_by("-match_weight", "pk")
    for name, link, answer in (
        ("easy", linked.first(), "They are held to be one person."),
        ("hard", next(k for k in linked.reverse() if _one_person(k)), "They are held to be one person."),
        ("rejected", refused.first(), "Whether they are one person is for a person to decide."),
    ):
        page.goto(f"{site}/people/links/{link.address}")
        expect(page.locator(".ll-answer")).to_contain_text(answer)
        expect(page.get_by_role("img", name="Bar chart of")).to_be_visible()
        steps.then_the_page_is_accessible(page)
        picture(page, f"link-{name}")
    expect(page.get_by_text("Nothing recorded says who it is")).to_be_visible()


def _one_person(link: Link) -> bool:
    return len(set(people.person_of([link.left_record, link.right_record]).values())) == 1


def _show_2_a_new_report_joins_as_it_is_saved(page: Page, site: str, course_id: str) -> None:
    # When a fifth report is saved by another force
    key = given_a_report_is_typed_in()
    page.goto(f"{site}/patterns/saved/{key}")
    # Then the answer comes before anything else.
    answer = page.locator(".ll-answer")
    expect(answer).to_contain_text("This is the 5th report about Priya Nair and")
    expect(answer).to_contain_text(
        "The other four were recorded as criminal damage, malicious communications (twice)"
    )
    expect(answer).to_contain_text("None was recorded as stalking.")
    steps.then_the_page_is_accessible(page)
    picture(page, "joined")
    page.get_by_role("button", name="See the pattern").click()
    expect(page.locator(".ll-answer")).to_contain_text("Five reports")
    expect(page.get_by_text("Changed since it was last viewed: 1 report joined")).to_be_visible()


def _show_3_a_rejected_link_and_its_undoing(page: Page, site: str, course_id: str) -> None:
    # Given the fifth report is in the pattern, when I say that it is a different person
    fifth = next(r for r in selectors.one(course_id).report_ids if r not in world.story_reports())
    page.goto(f"{site}/patterns/saved/{intake.report_key(fifth)}")
    page.get_by_role("button", name="This is a different person").click()
    steps.then_the_page_is_accessible(page)
    page.get_by_role("button", name="Take the report out").click()
    steps.then_the_error_summary_leads_to(page, "Enter your reason", "Your reason")
    page.get_by_label("Your reason").fill("She was shown a photograph: another man.")
    page.get_by_role("button", name="Take the report out").click()
    # Then the pattern is of four reports again
    page.goto(f"{site}/patterns/{course_id}")
    expect(page.locator(".ll-answer")).to_contain_text("Four reports")
    assert fifth not in selectors.one(course_id).report_ids
    # And when I undo it, of five.
    page.goto(f"{site}/patterns/saved/{intake.report_key(fifth)}")
    page.get_by_role("link", name="Undo this decision").click()
    steps.then_the_page_is_accessible(page)
    page.get_by_label("Your reason").fill("The photograph was of somebody else.")
    page.get_by_role("button", name="Undo the decision").click()
    expect(page.locator(".ll-answer")).to_contain_text("Five reports")
    assert fifth in selectors.one(course_id).report_ids
    # And a decision says what happens next before it happens.
    page.get_by_role("button", name="Decide").click()
    steps.then_the_page_is_accessible(page)
    expect(page.get_by_text("No agency's record is changed")).to_be_visible()
    page.get_by_label("It is a course of conduct").check()
    page.get_by_label("Your reason").fill("One man, two forces, an order breached.")
    page.get_by_role("button", name="Save decision").click()
    page.wait_for_url(f"**/patterns/{course_id}/next")
    steps.then_the_page_is_accessible(page)
    page.goto(f"{site}/patterns/{course_id}")
    expect(page.get_by_role("heading", name="Decisions", exact=True)).to_be_visible()
    page.goto(f"{site}/patterns/")
    expect(page.get_by_role("link", name=course_id)).to_have_count(0)
    page.goto(f"{site}/patterns/?view=decided")
    expect(page.get_by_role("link", name=course_id)).to_be_visible()
    steps.then_the_page_is_accessible(page)
    # The schedule comes as a PDF under a name without anybody's name in it.
    answer = page.request.get(f"{site}/patterns/{course_id}/schedule.pdf")
    assert answer.ok
    assert answer.body().startswith(b"%PDF")
    assert course_id in answer.headers["content-disposition"]
