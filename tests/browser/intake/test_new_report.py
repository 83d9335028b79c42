"""Typing a new report: with a mouse, with a keyboard, without JavaScript, and with mistakes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from lamplighter.hub.intake.models import OccasionRecord, PersonRecord, ReportVersion
from tests.browser import steps


def when_i_say_what_was_reported(page: Page) -> None:
    page.get_by_label("How is it recorded?").select_option("malicious_communications")
    page.get_by_label("What happened?").fill("Dan sent her messages all night and waited outside her work.")
    page.get_by_role("group", name="Is it domestic abuse?").get_by_label("Not asked").check()
    page.get_by_role("button", name="Continue").click()


def when_i_say_when_and_where(
    page: Page, button: str = "Continue", day: str = "3", act: str = "Loitered or waited at a place"
) -> None:
    page.get_by_label("To the day", exact=True).check()
    date = page.get_by_role("group", name="Date it happened")
    for part, text in (("Day", day), ("Month", "May"), ("Year", "2026")):
        date.get_by_label(part).fill(text)
    page.get_by_label(act).check()
    page.get_by_role("button", name=button).click()


def when_i_name_the_victim(page: Page) -> None:
    page.get_by_label("First names").fill("Priya")
    page.get_by_label("Last name").fill("Nair")
    page.get_by_label("How to reach them safely").fill("Through her sister, 07195 101084")
    page.get_by_role("button", name="Continue").click()


def when_i_describe_the_suspect(page: Page) -> None:
    page.get_by_label("Nicknames and other names").fill("Dan")
    page.get_by_label("Former partner or spouse").check()
    page.get_by_role("group", name="Asked about, but not known").get_by_label("Name", exact=True).check()
    page.get_by_role("button", name="Continue").click()


def when_i_type_a_whole_report(page: Page, site: str, *, check: bool = False) -> None:
    page.goto(f"{site}/intake/new")
    for act in (
        when_i_say_what_was_reported,
        when_i_say_when_and_where,
        when_i_name_the_victim,
        when_i_describe_the_suspect,
    ):
        if check:
            steps.then_the_page_is_accessible(page)
            steps.then_it_fits_the_screen(page)
        act(page)
    steps.then_the_heading_is(page, "Check and save")
    if check:
        steps.then_the_page_is_accessible(page)


def then_the_report_is_stored() -> None:
    report = ReportVersion.objects.get()
    victim, suspect = PersonRecord.objects.order_by("record_id")
    assert (report.recorded_as, report.record_type, report.domestic_abuse) == (
        "malicious_communications",
        "crime",
        None,
    )
    assert (victim.forenames, victim.surname, suspect.nicknames) == ("Priya", "Nair", ["Dan"])
    assert suspect.relationship == "ex_partner"
    # Asked and not known is kept apart from not asked.
    assert '"suspect_not_known": ["name"]' in report.raw
    assert '"victim_not_known": []' in report.raw
    assert "sister" not in report.raw


def test_a_report_is_typed_checked_and_saved(page: Page, site: str) -> None:
    steps.given_i_am_signed_in(page, site, "investigator")
    when_i_type_a_whole_report(page, site, check=True)
    page.get_by_role("button", name="Save the report").click()
    page.wait_for_url("**/patterns/**")
    then_the_report_is_stored()
    assert str(ReportVersion.objects.get().key) in page.url
    assert "Priya" not in page.title()
    steps.then_the_page_is_accessible(page)


def test_an_answer_can_be_changed_before_saving(page: Page, site: str) -> None:
    steps.given_i_am_signed_in(page, site, "investigator")
    when_i_type_a_whole_report(page, site)
    page.get_by_role("link", name="Change “the suspect”").click()
    expect(page.get_by_label("Nicknames and other names")).to_have_value("Dan")
    page.get_by_label("Nicknames and other names").fill("Danny")
    page.get_by_role("button", name="Save and continue").click()
    steps.then_the_heading_is(page, "Check and save")
    expect(page.get_by_text("Danny")).to_be_visible()


def test_mistakes_are_named_and_lead_to_their_fields(page: Page, site: str) -> None:
    steps.given_i_am_signed_in(page, site, "investigator")
    page.goto(f"{site}/intake/new")
    page.get_by_role("button", name="Continue").click()
    steps.then_the_page_is_accessible(page)
    steps.then_the_error_summary_leads_to(page, "Choose how it is recorded", "How is it recorded?")
    when_i_say_what_was_reported(page)
    page.get_by_label("To the day", exact=True).check()
    page.get_by_role("group", name="Date it happened").get_by_label("Day").fill("31")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("must include a month and a year")
    steps.then_the_page_is_accessible(page)


def test_a_whole_report_by_keyboard_alone(page: Page, site: str) -> None:
    steps.given_i_am_signed_in(page, site, "investigator")
    page.goto(f"{site}/intake/new")

    def tab_to(label: str, typed: str) -> None:
        field = page.get_by_label(label, exact=True)
        for _ in range(60):
            page.keyboard.press("Tab")
            if field.evaluate("field => field === document.activeElement"):
                page.keyboard.type(typed)
                return
        raise AssertionError(f"The keyboard never reached {label!r}")

    tab_to("How is it recorded?", "Malicious")
    tab_to("What happened?", "He sent messages")
    _press_continue(page)
    steps.then_the_heading_is(page, "When and where")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "date_precision":
            break
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    _press_continue(page)
    steps.then_the_heading_is(page, "The victim")
    tab_to("First names", "Priya")
    page.keyboard.press("Enter")
    steps.then_the_heading_is(page, "The suspect")
    tab_to("First names", "Dan")
    page.keyboard.press("Enter")
    steps.then_the_heading_is(page, "Check and save")


def _press_continue(page: Page) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Continue":
            page.keyboard.press("Enter")
            return
    raise AssertionError("The keyboard never reached Continue")


def when_i_tell_of_three_occasions(page: Page, site: str) -> None:
    page.goto(f"{site}/intake/new")
    when_i_say_what_was_reported(page)
    when_i_say_when_and_where(page, "Add another incident")
    steps.then_the_heading_is(page, "Incident 2: when and where")
    # What was typed stays in sight, and on its own page.
    expect(page.get_by_text("Incident 1: 3 May 2026, Loitered or waited at a place")).to_be_visible()
    when_i_say_when_and_where(page, "Add another incident", day="2", act="Followed")
    steps.then_the_heading_is(page, "Incident 3: when and where")
    when_i_say_when_and_where(page, day="1", act="Damaged property")
    when_i_name_the_victim(page)
    when_i_describe_the_suspect(page)
    steps.then_the_heading_is(page, "Check and save")


def then_three_occasions_are_stored() -> None:
    occasions = OccasionRecord.objects.order_by("started_at")
    assert [(o.started_at.day, o.behaviours) for o in occasions] == [
        (1, ["damage"]),
        (2, ["following"]),
        (3, ["loitering"]),
    ]


def test_a_report_tells_of_several_occasions(page: Page, site: str) -> None:
    steps.given_i_am_signed_in(page, site, "investigator")
    when_i_tell_of_three_occasions(page, site)
    steps.then_the_page_is_accessible(page)
    page.get_by_role("button", name="Save the report").click()
    page.wait_for_url("**/patterns/**")
    then_three_occasions_are_stored()


def test_an_occasion_is_taken_away_and_the_others_stay(page: Page, site: str) -> None:
    steps.given_i_am_signed_in(page, site, "investigator")
    when_i_tell_of_three_occasions(page, site)
    page.get_by_role("link", name="Change “incident 2: when and where”").click()
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)
    page.get_by_role("button", name="Remove this incident").click()
    steps.then_the_heading_is(page, "Incident 1: when and where")
    page.get_by_role("link", name="Change incident 2").click()
    # What was the third has moved up, with everything that was typed.
    expect(page.get_by_label("Damaged property")).to_be_checked()
    page.get_by_role("button", name="Remove this incident").click()
    steps.then_the_heading_is(page, "When and where")
    expect(page.get_by_label("Loitered or waited at a place")).to_be_checked()
    expect(page.get_by_role("button", name="Remove this incident")).to_have_count(0)


def test_a_mistake_keeps_the_page_and_adds_nothing(page: Page, site: str) -> None:
    steps.given_i_am_signed_in(page, site, "investigator")
    page.goto(f"{site}/intake/new")
    when_i_say_what_was_reported(page)
    page.get_by_label("Followed").check()
    page.get_by_role("button", name="Add another incident").click()
    expect(page.get_by_role("alert")).to_contain_text("Say how well the date is known")
    steps.then_the_heading_is(page, "When and where")
    expect(page.get_by_label("Followed")).to_be_checked()


class TestWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, object]) -> dict[str, object]:
        return browser_context_args | {"java_script_enabled": False}

    def test_several_occasions_are_saved(self, page: Page, site: str) -> None:
        steps.given_i_am_signed_in(page, site, "investigator")
        when_i_tell_of_three_occasions(page, site)
        page.get_by_role("button", name="Save the report").click()
        page.wait_for_url("**/patterns/**")
        then_three_occasions_are_stored()

    def test_a_report_is_saved(self, page: Page, site: str) -> None:
        steps.given_i_am_signed_in(page, site, "investigator")
        when_i_type_a_whole_report(page, site)
        page.get_by_role("button", name="Save the report").click()
        page.wait_for_url("**/patterns/**")
        then_the_report_is_stored()
