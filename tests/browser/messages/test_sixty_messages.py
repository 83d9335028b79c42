"""A chat of 60 messages becomes confirmed incidents by the keyboard alone, and three things of one victim
stand on one line: a chat, forty screenshots and a paper diary."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.messages.models import Draft, Line
from tests.browser import steps
from tests.browser.journeys.keyboard import Keyboard
from tests.browser.shows.pictures import picture
from tests.integration.access import making
from tests.integration.messages import exports

MOST = 25


def given_a_case() -> tuple[Case, User]:
    investigator = making.somebody("investigator")
    advocate = steps.given_a_user("advocate", agency="helpline", kind="advocacy")
    with identity.as_person(investigator):
        return making.a_case(investigator, "helpline"), advocate


@pytest.fixture
def look_at(page: Page, tmp_path: Path) -> Callable[[str], None]:
    """Accessible, and nothing cut off on a laptop, a phone and the narrowest screen; and the pictures."""
    folder = Path(os.environ.get("LAMPLIGHTER_SHOW_FOLDER") or tmp_path)
    return lambda name: steps.then_it_is_good_at_every_width(page, folder, f"brought-{name}")


def when_i_choose_files(page: Page, label: str, files: list[tuple[str, bytes]]) -> None:
    sent: list[FilePayload] = [
        {"name": n, "mimeType": "application/octet-stream", "buffer": data} for n, data in files
    ]
    page.get_by_label(label).set_input_files(sent)


@pytest.mark.slow
def test_sixty_messages_become_incidents_in_at_most_25_presses(
    page: Page, site: str, capsys: pytest.CaptureFixture[str]
) -> None:
    case, advocate = given_a_case()
    steps.when_i_sign_in(page, site, advocate)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    keys = Keyboard(page, f"{site}/cases/{case.key}/brought/")
    keys.go("Add a file", "/brought/file")
    keys.to("The file")
    # The window of the operating system is not the page's: opening it and choosing are counted as two.
    keys.presses += 2
    when_i_choose_files(page, "The file", [("WhatsApp Chat.txt", exports.chat(60, 6))])
    keys.go("Add and read", "/brought/[0-9a-f-]{36}$")
    keys.choose("The suspect", group=f"Who is “{exports.HIM}”?")
    keys.choose("The victim", group=f"Who is “{exports.HER}”?")
    keys.go("Make drafts", "/brought/[0-9a-f-]{36}$")
    expect(page.get_by_role("heading", name="6 drafts to confirm")).to_be_visible()
    keys.go("Confirm the drafts that are ticked", "/confirm$")
    keys.go("Confirm 6 incidents", "/brought/$")
    expect(page.get_by_role("heading", name="Incident from what the victim brought")).to_have_count(6)
    with identity.as_person(advocate):
        assert Draft.objects.filter(case=case, state=Draft.State.CONFIRMED).count() == 6
        assert Line.objects.filter(case=case).count() == 61
    with capsys.disabled():
        print(
            f"\n60 messages: {keys.pages} pages, {keys.presses} presses of Enter or Space, {keys.tabs} of Tab"
        )
    assert keys.presses <= MOST


@pytest.mark.slow
def test_a_chat_forty_screenshots_and_a_diary_stand_on_one_line(
    page: Page, site: str, look_at: Callable[[str], None]
) -> None:
    page.set_default_timeout(60_000)
    case, advocate = given_a_case()
    steps.when_i_sign_in(page, site, advocate)
    base = f"{site}/cases/{case.key}/brought/"
    # The chat.
    page.goto(f"{base}file")
    look_at("bring")
    when_i_choose_files(page, "The file", [("chat.txt", exports.chat(60, 6))])
    page.get_by_role("button", name="Add and read").click()
    look_at("found")
    picture(page, "brought-found")
    page.get_by_role("group", name=f"Who is “{exports.HIM}”?").get_by_label("The suspect").check()
    page.get_by_role("group", name=f"Who is “{exports.HER}”?").get_by_label("The victim").check()
    page.get_by_role("button", name="Make drafts").click()
    look_at("drafts")
    page.get_by_role("button", name="Confirm the drafts that are ticked").click()
    look_at("readers")
    page.get_by_role("button", name="Confirm 6 incidents").click()
    # Forty screenshots of ten days, one in four of which goes on from the one before.
    start = dt.date(2026, 3, 25)
    files = [
        (f"Screenshot_{start + dt.timedelta(days=n // 4):%Y%m%d}-10{n % 4:02}00.png", exports.png(n))
        for n in range(40)
    ]
    page.goto(f"{base}pictures")
    when_i_choose_files(page, "The pictures", files)
    page.get_by_label("The chat could not be exported").check()
    page.get_by_role("button", name="Add screenshots").click()
    expect(page.get_by_role("heading", name="Picture 40", exact=True)).to_be_visible()
    for number in range(1, 41):
        if number % 4 == 2:
            page.locator(f"[name=p{number}-overlaps]").check()
        elif number % 4:
            page.locator(f"[name=p{number}-text]").fill(f"I am outside your flat again, {number}")
    look_at("pictures")
    page.get_by_role("button", name="Make drafts").click()
    expect(page.get_by_role("heading", name="10 drafts to confirm")).to_be_visible()
    page.get_by_role("button", name="Confirm the drafts that are ticked").click()
    page.get_by_role("button", name="Confirm 10 incidents").click()
    # The diary, one row of which has no date that can be read.
    page.goto(f"{base}file")
    when_i_choose_files(page, "The file", [("diary.csv", exports.DIARY)])
    page.get_by_role("button", name="Add and read").click()
    look_at("found-diary")
    page.get_by_role("button", name="Make drafts").click()
    page.get_by_role("button", name="Confirm the drafts that are ticked").click()
    page.get_by_role("button", name="Confirm 4 incidents").click()
    # One line.
    items = page.get_by_role("heading", name="Incident from what the victim brought")
    expect(items).to_have_count(20)
    look_at("timeline")
    # From the first screenshots down to the chat; the diary follows.
    picture(page, "brought-timeline", height=1350, start=items.nth(9))
    items.nth(3).get_by_role("link").click()
    look_at("incident")
    expect(page.get_by_text("SHA-256").first).to_be_visible()
    page.goto(f"{site}/cases/{case.key}/timeline")
    expect(page.get_by_text("Incident from what the victim brought").first).to_be_visible()
    look_at("case-timeline")
