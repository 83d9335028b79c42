"""A source is added from a sample by keyboard alone and without JavaScript, and its files are sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from lamplighter.hub.accounts.models import Agency, Role
from lamplighter.hub.intake import services
from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.intake.sources import versions
from lamplighter.hub.site import places
from tests.browser import steps
from tests.browser.patterns.test_journeys import when_i_press, when_i_tab_to
from tests.unit.records import layouts


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "installation"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(places, "installation", lambda: folder)
    monkeypatch.setattr(settings, "UPLOADS", tmp_path / "uploads")
    return tmp_path / "uploads"


@pytest.fixture
def incidents(tmp_path: Path) -> Path:
    """A hospital's incidents: whose the patient's columns are is a question, and one word is not known."""
    return layouts.health(tmp_path).files[0]


def when_i_type(page: Page, name: str, text: str) -> None:
    when_i_tab_to(page, name)
    page.keyboard.type(text)


def when_i_tick(page: Page, group: str, answer: str) -> None:
    """Tab reaches a group of radio buttons at its first, the arrows the others."""
    box = page.get_by_role("group", name=group).get_by_role("radio")
    for _ in range(60):
        page.keyboard.press("Tab")
        if box.first.evaluate("e => document.activeElement.name === e.name"):
            break
    page.keyboard.press("Space")
    for _ in range(box.count()):
        if page.get_by_role("group", name=group).get_by_role("radio", name=answer, exact=True).is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"The arrows never reached {answer!r}")


def when_i_choose_files(page: Page, name: str, *files: Path) -> None:
    # The browser hands a chooser over once somebody listens; that has to be so before the key is pressed.
    page.on("filechooser", lambda _: None)
    page.wait_for_load_state("load")
    when_i_tab_to(page, name)
    with page.expect_file_chooser() as opened:
        page.keyboard.press("Enter")
    opened.value.set_files(files)


def then_the_page_is(page: Page, heading: str) -> None:
    steps.then_the_heading_is(page, heading)
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)


def test_a_source_is_added_by_keyboard_alone(page: Page, site: str, incidents: Path, uploads: Path) -> None:
    steps.given_i_am_signed_in(page, site, Role.ADMINISTRATOR, agency="hub")
    page.goto(f"{site}/intake/imports")
    when_i_press(page, "Sources")
    then_the_page_is(page, "Sources")
    when_i_press(page, "Add a source")
    _say_whose_it_is(page)
    when_i_choose_files(page, "A sample of the export", incidents)
    when_i_press(page, "Send the sample")
    then_the_page_is(page, "What each column means")
    when_i_press(page, "Save and continue")

    then_the_page_is(page, "What only you can say")
    when_i_tick(page, "Who is the “patient” in these files?", "The victim")
    when_i_press(page, "Save and continue")
    then_the_page_is(page, "What the words and codes stand for")
    when_i_tab_to(page, "Visitor: what it stands for")
    page.keyboard.type("Acquaintance")
    when_i_press(page, "Save and continue")
    then_the_page_is(page, "Check what would arrive")
    expect(page.get_by_role("heading", name="The first 20 of 30 reports")).to_be_visible()
    when_i_press(page, "This is right: continue")
    then_the_page_is(page, "Who may read these reports")
    when_i_press(page, "Save and continue")
    then_the_page_is(page, "Save the mapping")
    when_i_press(page, "Save the mapping")
    expect(page.get_by_role("alert")).to_contain_text("Mapping saved.")
    then_the_page_is(page, "Ward incidents")
    assert list(uploads.rglob("*.*")) == []
    (version,) = versions.every()
    assert version.body()["maps"]["relationship"]["Visitor"] == "acquaintance"
    assert version.load().agency_kind == Agency.objects.get(name="Lanewick Hospital").kind == "health"

    _send_the_files(page, site, incidents)


def _say_whose_it_is(page: Page) -> None:
    then_the_page_is(page, "Whose system is it?")
    when_i_press(page, "Continue")
    expect(page.get_by_role("alert")).to_contain_text("Choose the agency that sends the files")
    then_the_page_is(page, "Whose system is it?")
    when_i_tick(page, "Which agency sends the files?", "Another agency")
    when_i_type(page, "Name of the new agency", "Lanewick Hospital")
    when_i_tick(page, "What kind of agency is it?", "Health service")
    when_i_type(page, "What is the system called?", "Ward incidents")
    when_i_press(page, "Continue")
    then_the_page_is(page, "Send a sample")


def _send_the_files(page: Page, site: str, path: Path) -> None:
    page.goto(f"{site}/intake/imports/send")
    when_i_choose_files(page, "The files", path)
    when_i_press(page, "Send and read")
    expect(page.get_by_text("wait to be read")).to_be_visible()
    services.run(Delivery.objects.get())
    expect(page.get_by_text("30 new reports")).to_be_visible()
    expect(page.get_by_text("Ward incidents, mapping in force from")).to_be_visible()


class TestWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, object]) -> dict[str, object]:
        return browser_context_args | {"java_script_enabled": False}

    def test_a_file_that_is_not_recognised_is_asked_about(
        self, page: Page, site: str, tmp_path: Path
    ) -> None:
        steps.given_i_am_signed_in(page, site, Role.ADMINISTRATOR, agency="hub")
        stray = tmp_path / "minutes.csv"
        stray.write_text("Topic,Said by\nTea,Everybody\n")
        page.goto(f"{site}/intake/imports/send")
        page.get_by_label("The files", exact=True).set_input_files(stray)
        page.get_by_role("button", name="Send and read").click()
        steps.then_the_heading_is(page, "Which systems do the files come from?")
        page.get_by_label("minutes.csv").select_option(label="Do not import this file")
        page.get_by_role("button", name="Import these files").click()
        expect(page.get_by_role("alert")).to_contain_text("Choose at least one file to import")
        assert not Delivery.objects.exists()
