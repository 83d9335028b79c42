"""An improvement action from its first day to its end: by keyboard, on a phone, with and without script."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.improvement import services
from lamplighter.hub.improvement.models import Action, Entry
from tests.browser import steps

PICTURES = os.environ.get("LAMPLIGHTER_IMPROVEMENT_PICTURES", "")
RULE = "A sample of twenty reports shows that each was screened on the day."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(PICTURES) if PICTURES else tmp_path


def given_an_action(by: User, owner: User) -> Action:
    """An action of a hundred days ago that is forty days late, and of which a finding waits for a check."""
    now = timezone.now()
    with identity.as_person(by), moment.at(now - dt.timedelta(days=100)):
        due = timezone.localdate(now) - dt.timedelta(days=40)
        action = services.add(
            by,
            agency=owner.own_agency,
            title="Screen every report on the day it is made",
            comes_from="Recommendation 7",
            due_on=due,
            rule=RULE,
            owner=owner,
        )
    with identity.as_person(owner), moment.at(now - dt.timedelta(days=3)):
        on = timezone.localdate(now) - dt.timedelta(days=4)
        services.find(owner, action, found="met", on=on, words="Twenty of twenty.")
    return action


def when_i_fill_the_day(page: Page, group: str, on: dt.date) -> None:
    day = page.get_by_role("group", name=group)
    for part, value in (("Day", on.day), ("Month", on.month), ("Year", on.year)):
        day.get_by_label(part, exact=True).fill(str(value))


def test_an_action_is_added_met_on_my_work_and_ended(page: Page, site: str, folder: Path) -> None:
    steps.given_a_user(Role.STALKING_LEAD, name="Alex Thorne")
    steps.given_i_am_signed_in(page, site, Role.COORDINATOR)
    page.goto(f"{site}/improvement/")
    steps.then_it_is_good_at_every_width(page, folder, "empty")
    page.get_by_role("button", name="Add an action").click()
    page.get_by_role("button", name="Add action").click()
    steps.then_the_error_summary_leads_to(page, "Enter what is to be done", "What is to be done?")
    steps.then_it_is_good_at_every_width(page, folder, "add-refused")
    page.get_by_label("What is to be done?").fill("Screen every report")
    page.get_by_label("Which agency does it?").select_option("force-a")
    page.get_by_label("Who answers for it?").select_option(label="Sam Reed, hub coordinator, Force A")
    when_i_fill_the_day(page, "The due date", timezone.localdate() + dt.timedelta(days=3))
    page.get_by_label("What would show that it is done?").fill(RULE)
    page.get_by_role("button", name="Add action").click()
    steps.then_the_heading_is(page, "Screen every report")
    steps.then_it_is_good_at_every_width(page, folder, "action")
    page.goto(f"{site}/work/")
    line = page.get_by_role("link", name="Screen every report")
    expect(line).to_be_visible()
    steps.then_it_is_good_at_every_width(page, folder, "work")
    # By keyboard from the list to its end: what the mouse does, Enter does.
    line.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="End this action").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").get_by_role("link", name="Choose why it ends").press("Enter")
    expect(page.get_by_label("It is not needed any more. What was written stays")).to_be_focused()
    page.keyboard.press("Space")
    page.get_by_label("Why is that so?").fill("Another unit does it.")
    steps.then_it_is_good_at_every_width(page, folder, "end")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("Not needed any more.")).to_be_visible()
    page.goto(f"{site}/work/")
    expect(page.get_by_role("link", name="Screen every report")).to_have_count(0)


def test_a_finding_is_read_before_it_is_checked_and_the_pack_carries_it(
    page: Page, site: str, folder: Path
) -> None:
    lead = steps.given_a_user(Role.STALKING_LEAD, name="Alex Thorne")
    user = steps.given_i_am_signed_in(page, site, Role.COORDINATOR, agency="hub", kind="hub")
    action = given_an_action(user, lead)
    for path in ("", "/say", "/find", "/owner", "/end"):
        page.goto(f"{site}/improvement/{action.key}{path}")
        steps.then_it_is_good_at_every_width(page, folder, f"action{path.replace('/', '-')}")
    page.goto(f"{site}/improvement/{action.key}")
    page.get_by_role("link", name="Check this finding").click()
    expect(page.get_by_text("Finding: Yes, it is done")).to_be_visible()
    expect(page.get_by_text("“Twenty of twenty.”")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, folder, "check")
    page.get_by_label("Yes, I agree").check()
    page.get_by_label("What did you look at?").fill("The same twenty.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Shown to be done.")).to_be_visible()
    page.get_by_role("link", name="Withdraw").first.click()
    steps.then_it_is_good_at_every_width(page, folder, "withdraw")
    page.goto(f"{site}/improvement/")
    steps.then_it_is_good_at_every_width(page, folder, "list")
    page.get_by_role("link", name="Self-inspection pack of Force A").click()
    expect(page.get_by_text("Agrees, on")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, folder, "pack")
    assert "Thorne" not in page.locator(".ll-sheet").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    assert download.value.suggested_filename.startswith("self-inspection-force-a-")
    when_i_fill_the_day(
        page, "Show it as it stood at the end of", timezone.localdate() - dt.timedelta(days=50)
    )
    page.get_by_role("button", name="Show that day").click()
    expect(page.get_by_text("As it stood at the end of").first).to_be_visible()
    expect(page.get_by_text("Not due yet").first).to_be_visible()


@pytest.mark.parametrize("kind", ["done", "in_progress"])
def test_without_javascript(browser: Browser, site: str, kind: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    lead = steps.given_a_user(Role.STALKING_LEAD, name="Alex Thorne")
    coordinator = steps.given_a_user(Role.COORDINATOR)
    action = given_an_action(coordinator, lead)
    steps.when_i_sign_in(page, site, lead)
    page.goto(f"{site}/improvement/{action.key}/say")
    label = str(Entry.Kind(kind).label)
    page.get_by_label(label, exact=True).check()
    page.get_by_label("What was said, and why?").fill("As agreed.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“As agreed.”")).to_be_visible()
    context.close()
