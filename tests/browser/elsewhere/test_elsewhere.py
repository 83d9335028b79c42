"""Known elsewhere by keyboard and at every width: a reason, one look, a request, its answer, a decision."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from lamplighter.hub.accounts.models import Role
from tests.browser import steps
from tests.integration.elsewhere import telling

MOST_TABS = 200


def folder(tmp_path: Path) -> Path:
    return Path(os.environ.get("ELSEWHERE_PICTURES") or tmp_path)


def reach(page: Page, wanted: Locator) -> None:
    """Come to it by Tab alone."""
    for _ in range(MOST_TABS):
        if wanted.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard never reached {wanted} on {page.url}")


def press(page: Page, role: Literal["button", "link"], name: str | re.Pattern[str]) -> None:
    reach(page, page.get_by_role(role, name=name).first)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, label: str, words: str) -> None:
    reach(page, page.get_by_label(label))
    page.keyboard.type(words)


def test_an_officer_looks_asks_records_and_disagrees_without_a_mouse(
    page: Page, site: str, tmp_path: Path
) -> None:
    officer = steps.given_a_user(Role.INVESTIGATOR)
    case = telling.a_case(officer)
    telling.receive(
        telling.row(),
        telling.row(force="force-08", force_name="Ravenland Police", kind="not_known", doubts=""),
    )
    steps.when_i_sign_in(page, site, officer)
    page.goto(f"{site}/cases/{case.key}/elsewhere")
    steps.then_it_is_good_at_every_width(page, folder(tmp_path), "look")
    press(page, "button", "Show it once")
    steps.then_the_error_summary_leads_to(
        page, "Say why you need to see this", "Why do you need to see this?"
    )
    expect(page.get_by_text("Thorleshire")).to_have_count(0)
    write(page, "Why do you need to see this?", telling.WHY)
    press(page, "button", "Show it once")
    expect(page.get_by_text("Known in 2 other forces.")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, folder(tmp_path), "answer")
    press(page, "link", "Ask Thorleshire Police")
    steps.then_it_is_good_at_every_width(page, folder(tmp_path), "ask")
    write(page, "What did you ask?", "Is there an order?")
    press(page, "button", "Save request")
    steps.then_it_is_good_at_every_width(page, folder(tmp_path), "request")
    reach(page, page.get_by_role("radio", name="They told us"))
    page.keyboard.press("Space")
    write(page, "What was learnt", "An order until 2028.")
    press(page, "button", "Save answer")
    expect(page.get_by_text("An order until 2028.")).to_be_visible()
    press(page, "link", "Back to known elsewhere")
    write(page, "Why do you need to see this?", telling.WHY)
    press(page, "button", "Show it once")
    press(page, "link", re.compile("This is not the same person.*Ravenland"))
    steps.then_it_is_good_at_every_width(page, folder(tmp_path), "decide")
    write(page, "Why?", "He was in prison then.")
    press(page, "button", "Save decision")
    write(page, "Why do you need to see this?", telling.WHY)
    press(page, "button", "Show it once")
    expect(page.get_by_text(re.compile("Not the same person. .*, decided so on"))).to_be_visible()
    expect(page.get_by_text("Known in 1 other force.")).to_be_visible()


def test_a_coordinator_takes_an_answer_in_and_reads_each_fault(page: Page, site: str, tmp_path: Path) -> None:
    boss = steps.given_a_user(Role.COORDINATOR)
    steps.when_i_sign_in(page, site, boss)
    page.goto(f"{site}/index/")
    wrong = tmp_path / "known_elsewhere.csv"
    wrong.write_bytes(telling.content(telling.row(), telling.row(force="force-08", kind="hit_her")))
    page.get_by_label("The index’s answer for this hub").set_input_files(wrong)
    page.get_by_role("button", name="Take in").click()
    expect(page.get_by_text("Row 3: kind is none of")).to_be_visible()
    expect(page.get_by_text("hit_her")).to_have_count(0)
    steps.then_it_is_good_at_every_width(page, folder(tmp_path), "refused")
    wrong.write_bytes(telling.content(telling.row()))
    page.get_by_label("The index’s answer for this hub").set_input_files(wrong)
    page.get_by_role("button", name="Take in").click()
    expect(page.get_by_text("Release 2026-10 was taken in: 1 row.")).to_be_visible()
    page.get_by_role("link", name="Withdraw release 2026-10").click()
    steps.then_it_is_good_at_every_width(page, folder(tmp_path), "withdraw")
    page.get_by_label("Why is the release withdrawn?").fill("The index found an error.")
    page.get_by_role("button", name="Withdraw release").click()
    expect(page.get_by_text("The index found an error.", exact=False)).to_be_visible()
    steps.then_it_is_good_at_every_width(page, folder(tmp_path), "releases")
