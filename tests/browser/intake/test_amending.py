"""Correcting, withdrawing and putting back a report that was typed, on a laptop and on a telephone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from lamplighter.hub.intake.models import Amendment, PersonRecord, ReportVersion, SafeContact
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.patterns import selectors
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.people.matching import services as relinking
from tests.browser import steps
from tests.browser.intake.test_new_report import when_i_type_a_whole_report
from tests.integration.intake import typed
from tests.integration.patterns import story

SEEN = os.environ.get("LAMPLIGHTER_SEEN")


def then_it_is_good(page: Page, name: str) -> None:
    """Accessible, and without anything cut off on a laptop, a telephone and a small one."""
    steps.then_the_page_is_accessible(page)
    for width in (320, 375, 1280):
        page.set_viewport_size({"width": width, "height": 720})
        steps.then_it_fits_the_screen(page)
        if SEEN:
            steps.take_picture(page, Path(SEEN), f"{name}-{width}")


def given_a_typed_report(page: Page, site: str) -> None:
    when_i_type_a_whole_report(page, site)
    page.get_by_role("button", name="Save the report").click()
    page.wait_for_url("**/patterns/saved/**")


def when_i_change_his_name(page: Page, name: str) -> None:
    page.get_by_role("link", name="Change “the suspect”").click()
    expect(page.get_by_label("Nicknames and other names")).to_have_value("Dan")
    expect(page.get_by_label("Former partner or spouse")).to_be_checked()
    asked = page.get_by_role("group", name="Asked about, but not known")
    expect(asked.get_by_label("Name", exact=True)).to_be_checked()
    page.get_by_label("Last name").fill(name)
    page.get_by_role("button", name="Continue").click()


def test_a_report_is_corrected(page: Page, site: str) -> None:
    steps.given_i_am_signed_in(page, site, "investigator")
    given_a_typed_report(page, site)
    page.get_by_role("link", name="Correct this report").click()
    expect(page.get_by_text("You have not changed anything yet")).to_be_visible()
    expect(page.get_by_role("button", name="Save correction")).to_have_count(0)
    then_it_is_good(page, "correct-nothing")
    page.get_by_role("link", name="Change “the victim”").click()
    expect(page.get_by_text("Something is recorded here. It is not shown")).to_be_visible()
    expect(page.get_by_label("How to reach them safely")).to_have_value("")
    then_it_is_good(page, "correct-victim")
    page.get_by_label("First names").fill("Prya")
    page.get_by_role("button", name="Continue").click()
    when_i_change_his_name(page, "Marsh")
    expect(page.get_by_text("You are changing 2 answers")).to_be_visible()
    page.get_by_role("button", name="Save correction").click()
    steps.then_the_error_summary_leads_to(page, "Enter what was wrong", "What was wrong?")
    then_it_is_good(page, "correct-changed")
    page.get_by_label("What was wrong?").fill("She spelt her name, and gave his.")
    page.get_by_role("button", name="Save correction").click()
    page.wait_for_url("**/patterns/saved/**")
    steps.then_the_heading_is(page, "Report corrected")
    then_it_is_good(page, "corrected")
    page.get_by_role("link", name="See the report").click()
    expect(page.get_by_text("“She spelt her name, and gave his.”")).to_be_visible()
    then_it_is_good(page, "report")
    then_both_versions_are_stored()


def then_both_versions_are_stored() -> None:
    old, new = ReportVersion.objects.order_by("version")
    assert (old.superseded_at is None, new.superseded_at) == (False, None)
    names = PersonRecord.objects.order_by("version", "record_id").values_list("forenames", "surname")
    assert list(names) == [("Priya", "Nair"), (None, None), ("Prya", "Nair"), (None, "Marsh")]
    assert Amendment.objects.get().reason == "She spelt her name, and gave his."
    assert SafeContact.objects.values_list("details", flat=True).distinct().count() == 1
    assert "not_known" in new.raw


def test_two_correct_at_once(page: Page, site: str) -> None:
    steps.given_i_am_signed_in(page, site, "investigator")
    given_a_typed_report(page, site)
    page.get_by_role("link", name="Correct this report").click()
    when_i_change_his_name(page, "Marsh")
    page.get_by_label("What was wrong?").fill("He gave his name.")
    # Meanwhile, in another room.
    assert page.context.browser
    other = page.context.browser.new_context(locale="en-GB").new_page()
    steps.given_i_am_signed_in(other, site, "coordinator")
    other.goto(page.url)
    other.get_by_role("link", name="Change “the victim”").click()
    other.get_by_label("Last name").fill("Nayar")
    other.get_by_role("button", name="Continue").click()
    other.get_by_label("What was wrong?").fill("Heard it wrong.")
    other.get_by_role("button", name="Save correction").click()
    other.wait_for_url("**/patterns/saved/**")
    other.context.close()
    page.get_by_role("button", name="Save correction").click()
    steps.then_the_heading_is(page, f"Correct report {ReportVersion.objects.first().source_ref}")
    expect(page.get_by_role("status")).to_contain_text(
        "Somebody else corrected this report while you were typing"
    )
    expect(page.get_by_label("What was wrong?")).to_have_value("He gave his name.")
    then_it_is_good(page, "correct-two")
    page.get_by_role("button", name="Save correction").click()
    page.wait_for_url("**/patterns/saved/**")
    newest = ReportVersion.objects.get(superseded_at=None)
    surnames = (
        PersonRecord.objects.filter(version=newest).order_by("record_id").values_list("surname", flat=True)
    )
    assert list(surnames) == ["Nayar", "Marsh"]


def test_a_pattern_shows_what_was_corrected_and_withdrawn(page: Page, site: str) -> None:
    story.receive([*story.background(), *story.STORY])
    relinking.relink_all()
    patterns.refresh_all()
    client = Client()
    client.force_login(steps.given_a_user("investigator"), backend=typed.BACKEND)
    corrected, withdrawn = (typed.type_report(client) for _ in range(2))
    moved = typed.VICTIM | {"surname": "Nayar", "address_text": "9 Dove Lane, Avonbridge"}
    typed.correct(client, corrected, "She spelt it for me.", victim=moved)
    client.post(
        f"/intake/reports/{withdrawn}/withdraw",
        {"reason": "Typed twice.", "version": versions.standing_version(withdrawn)},
        secure=True,
    )
    course = selectors.of_report(versions.find(steps.given_a_user(), corrected).report_id).get()
    steps.given_i_am_signed_in(page, site, "advocate", agency="helpline", kind="advocacy")
    page.goto(f"{site}/patterns/{course.course_id}")
    part = page.locator("#amendments ~ ol").first
    expect(part).to_contain_text("“Typed twice.” It is no longer in this pattern.")
    expect(part).to_contain_text("Was: Nair")
    expect(part).not_to_contain_text("Dove Lane")
    then_it_is_good(page, "pattern")
    page.locator("#timeline ~ ol").first.get_by_role("link", name="4A/000123/26").click()
    expect(page.get_by_text("own system sent this report")).to_be_visible()
    then_it_is_good(page, "report-of-a-file")
    page.goto(f"{site}/patterns/{course.course_id}/occasions/0")
    then_it_is_good(page, "occasion")


class TestWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, object]) -> dict[str, object]:
        return browser_context_args | {"java_script_enabled": False}

    def test_a_report_is_withdrawn_and_put_back(self, page: Page, site: str) -> None:
        steps.given_i_am_signed_in(page, site, "investigator")
        given_a_typed_report(page, site)
        page.get_by_role("link", name="See the report").click()
        page.get_by_role("button", name="Withdraw this report").click()
        page.get_by_label("Why do you withdraw it?").fill("A test of the form.")
        page.get_by_role("button", name="Withdraw this report").click()
        expect(page.get_by_text("It stays on record and stands in no pattern.")).to_be_visible()
        assert not ReportVersion.objects.filter(superseded_at=None).exists()
        page.goto(f"{site}/intake/reports?show=withdrawn")
        page.get_by_role("link", name="FORCE-A").click()
        page.get_by_role("button", name="Put this report back").click()
        page.get_by_label("Why do you put it back?").fill("It was hers.")
        page.get_by_role("button", name="Put this report back").click()
        page.wait_for_url("**/patterns/saved/**")
        steps.then_the_heading_is(page, "Report put back")
        assert ReportVersion.objects.get(superseded_at=None).version == 2


def test_the_pages_of_withdrawing_are_accessible(page: Page, site: str) -> None:
    steps.given_i_am_signed_in(page, site, "investigator")
    given_a_typed_report(page, site)
    page.get_by_role("link", name="See the report").click()
    page.get_by_role("button", name="Withdraw this report").click()
    page.get_by_role("button", name="Withdraw this report").click()
    steps.then_the_error_summary_leads_to(
        page, "Enter why you withdraw the report", "Why do you withdraw it?"
    )
    then_it_is_good(page, "withdraw")
    page.get_by_label("Why do you withdraw it?").fill("A test of the form.")
    page.get_by_role("button", name="Withdraw this report").click()
    then_it_is_good(page, "withdrawn")
    page.get_by_role("button", name="Put this report back").click()
    then_it_is_good(page, "put-back")
    page.goto(f"{site}/intake/reports")
    then_it_is_good(page, "typed")
    page.goto(f"{site}/intake/new/report")
    then_it_is_good(page, "new-report")
