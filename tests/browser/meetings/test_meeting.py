"""A meeting from its plan to its agreed minutes, by keyboard where it is quick, with and without script."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.meetings import services
from lamplighter.hub.meetings.models import Line, Meeting
from tests.browser import steps
from tests.browser.cases.test_case import given_agencies


def given_a_case(by: User) -> Case:
    with identity.as_person(by):
        people = {"victim": {"name": "Priya Nair"}, "suspect": {"name": "Daniel Hollinshaw"}}
        return cases.refer(by, **people, why="Follows her.")


def when_i_plan(page: Page, site: str, day: dt.date) -> None:
    page.goto(f"{site}/meetings/")
    steps.then_it_is_good(page)
    page.get_by_role("button", name="Plan a meeting").click()
    steps.then_it_is_good(page)
    page.get_by_role("button", name="Save").click()
    steps.then_the_error_summary_leads_to(page, "Enter the time", "At what time?")
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        page.get_by_label(part, exact=True).fill(str(value))
    page.get_by_label("At what time?").fill("10am")
    page.get_by_label("Where, or by which link?").fill("Room 4")
    page.get_by_role("button", name="Save").click()


def test_a_meeting_is_planned_its_agenda_ordered_and_its_minutes_agreed(page: Page, site: str) -> None:
    given_agencies()
    user = steps.given_i_am_signed_in(page, site, Role.COORDINATOR)
    first, second = given_a_case(user), given_a_case(user)
    when_i_plan(page, site, timezone.localdate() + dt.timedelta(days=3))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Meeting of")
    meeting = Meeting.objects.get()
    with identity.as_person(user):
        for case in (first, second):
            services.ask_for(user, case, "discussion", "Nobody has looked for weeks.")
    page.reload()
    steps.then_it_is_good(page)
    section = page.locator("#discussion .ll-agenda__item a.govuk-\\!-font-weight-bold")
    expect(section).to_have_count(2)
    before = section.all_text_contents()
    # By keyboard: the button of the second is pressed by Enter.
    page.locator("#discussion").get_by_role("button", name=re.compile("Move up")).focus()
    page.keyboard.press("Enter")
    expect(section).to_have_text(before[::-1])
    page.goto(f"{site}/meetings/{meeting.key}/returns")
    steps.then_it_is_good(page)
    page.goto(f"{site}/meetings/{meeting.key}/attendance")
    steps.then_it_is_good(page)
    page.goto(f"{site}/cases/{first.key}/meetings/{meeting.key}")
    steps.then_it_is_good(page)
    page.get_by_role("button", name="Add to the minutes").click()
    steps.then_the_error_summary_leads_to(page, "Enter what was said", "What was said?")
    steps.then_it_is_good(page)
    page.get_by_label("Decision", exact=True).check()
    page.get_by_label("Everybody on the case").check()
    page.get_by_label("What was said?").fill("Force A reads the film first.")
    page.get_by_role("button", name="Add to the minutes").click()
    expect(page.locator(".ll-timeline__words")).to_have_text("Force A reads the film first.")
    steps.then_it_is_good(page)
    page.get_by_role("link", name=re.compile("^Correct")).click()
    steps.then_it_is_good(page)
    Meeting.objects.update(
        starts_at=timezone.now() - dt.timedelta(hours=1), ends_at=timezone.now() + dt.timedelta(hours=1)
    )
    page.goto(f"{site}/meetings/{meeting.key}/agree")
    steps.then_it_is_good(page)
    page.get_by_role("button", name="Agree the minutes").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Minutes agreed")
    page.goto(f"{site}/cases/{first.key}/meetings")
    steps.then_it_is_good(page)


@pytest.mark.parametrize("width", [1280, 375])
def test_without_script_a_line_is_written_and_the_page_fits(
    browser: Browser, page: Page, site: str, width: int
) -> None:
    user = steps.given_i_am_signed_in(page, site, Role.COORDINATOR)
    case = given_a_case(user)
    with identity.as_person(user):
        (meeting,) = services.plan(
            user,
            starts_at=timezone.now() + dt.timedelta(days=1),
            minutes=60,
            chair=user,
            agencies=[user.agency],
        )
    state = page.context.storage_state()
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": width, "height": 800}, storage_state=state
    )
    bare = context.new_page()
    bare.goto(f"{site}/cases/{case.key}/meetings/{meeting.key}")
    bare.get_by_label("What was said?").fill("Said without script.")
    bare.get_by_label("Everybody on the case").check()
    bare.get_by_role("button", name="Add to the minutes").click()
    expect(bare.locator(".ll-timeline__words")).to_have_text("Said without script.")
    assert Line.objects.get().words == "Said without script."
    context.close()
    page.set_viewport_size({"width": width, "height": 800})
    for address in (f"meetings/{meeting.key}", f"cases/{case.key}/meetings/{meeting.key}"):
        page.goto(f"{site}/{address}")
        steps.then_it_is_good(page)
