"""My work in a browser: read, done in place, given away, by keyboard alone, and without JavaScript."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.clocks import services
from lamplighter.hub.clocks.models import Clock
from tests.browser import steps
from tests.integration.access import making

PICTURES = Path(os.environ.get("LAMPLIGHTER_WORK_PICTURES", "test-results/work"))


def given_work(user: User) -> None:
    case = making.a_case(None, "helpline")
    Clock.objects.all().delete()
    now = timezone.now()
    with identity.as_person(user):
        for text, due, why in (
            ("Call the victim: day 1 of 7", -26, "She said yes yesterday. Many withdraw in the first week."),
            ("Call the victim: day 3 of 7", 30, "Text first, never voicemail."),
            ("Review the safety plan", 24 * 9, "Two weeks since the last version."),
        ):
            services.start(
                user,
                case,
                "contact",
                text,
                due_at=now + dt.timedelta(hours=due),
                why=why,
                partition="advocacy",
                assigned_to=user,
            )


def test_what_is_late_is_first_and_done_in_place(page: Page, site: str) -> None:
    user = steps.given_i_am_signed_in(page, site, Role.ADVOCATE, agency="helpline", kind="advocacy")
    page.goto(f"{site}/work/")
    steps.then_the_heading_is(page, "My work")
    expect(page.get_by_text("You have no tasks.")).to_be_visible()
    steps.then_the_page_is_accessible(page)
    given_work(user)
    page.reload()
    expect(page.get_by_text("1 thing is overdue")).to_be_visible()
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)
    steps.take_picture(page, PICTURES, "my-work")
    page.get_by_role("button", name="Done Call the victim: day 1 of 7").click()
    page.get_by_role("button", name="Save as done").click()
    steps.then_the_error_summary_leads_to(page, "Enter the outcome", "Outcome")
    page.get_by_label("Outcome").fill("She answered, and is safe.")
    page.get_by_role("button", name="Save as done").click()
    expect(page.get_by_text("Nothing is overdue.", exact=True)).to_be_visible()
    page.get_by_role("link", name="Reassign or cancel Review the safety plan").click()
    steps.then_the_page_is_accessible(page)
    steps.take_picture(page, PICTURES, "one-thing")
    page.get_by_role("button", name="Cancel the task").click()
    steps.then_the_error_summary_leads_to(
        page, "Enter why it is not needed", "Why is it not needed any more?"
    )
    page.get_by_label("Why is it not needed any more?").fill("She has moved to another service.")
    page.get_by_role("button", name="Cancel the task").click()
    expect(page.get_by_text("Task cancelled.")).to_be_visible()
    assert Clock.objects.filter(state="running").count() == 1


def test_by_keyboard_alone(page: Page, site: str) -> None:
    user = steps.given_i_am_signed_in(page, site, Role.ADVOCATE, agency="helpline", kind="advocacy")
    given_work(user)
    page.goto(f"{site}/work/")
    button = page.get_by_role("button", name="Done Call the victim: day 1 of 7")
    for _ in range(60):
        page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.get_by_label("Outcome").focus()
    page.keyboard.type("She answered, and is safe.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is overdue.", exact=True)).to_be_visible()


@pytest.mark.parametrize("path", ["/work/", "/work/team"])
def test_without_javascript(browser: Browser, site: str, path: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    user = steps.given_a_user(Role.ADVOCATE, agency="helpline", kind="advocacy")
    steps.when_i_sign_in(page, site, user)
    given_work(user)
    page.goto(f"{site}{path}")
    page.get_by_role("button", name="Done Call the victim: day 1 of 7").click()
    page.get_by_label("Outcome").fill("She answered, and is safe.")
    page.get_by_role("button", name="Save as done").click()
    expect(page.get_by_role("button", name="Save as done")).to_have_count(0)
    page.goto(f"{site}/work/")
    expect(page.get_by_text("Nothing is overdue.", exact=True)).to_be_visible()
    context.close()
