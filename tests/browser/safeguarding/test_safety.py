"""The check on the victim's side and a warning, by mouse, on a wide screen and on a telephone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import Agency, Role
from lamplighter.hub.cases import services
from lamplighter.hub.cases.models import Case
from tests.browser import steps

PICTURES = os.environ.get("LAMPLIGHTER_SAFETY_PICTURES", "")


def then_it_is_good(page: Page, name: str = "") -> None:
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)
    if PICTURES and name:
        width = (page.viewport_size or {"width": 0})["width"]
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


def given_a_case_of_all() -> Case:
    kinds = {"force-a": Agency.Kind.POLICE, "helpline": Agency.Kind.ADVOCACY, "health": Agency.Kind.HEALTH}
    roles = {"force-a": Role.INVESTIGATOR, "helpline": Role.ADVOCATE, "health": Role.CLINICIAN}
    people = {code: steps.given_a_user(roles[code], agency=code, kind=kinds[code]) for code in kinds}
    two = {"victim": {"name": "Priya Nair"}, "suspect": {"name": "Daniel Hollinshaw"}}
    by = people["force-a"]
    others = [people[code].agency for code in ("helpline", "health")]
    with as_person(by):
        return services.refer(by, **two, why="He follows her from work.", agencies=[a for a in others if a])


@pytest.mark.parametrize("width", [1280, 375])
def test_a_check_is_asked_signed_and_answered_and_a_warning_is_read(
    browser: Any, site: str, width: int
) -> None:
    case = given_a_case_of_all()
    start = f"{site}/cases/{case.key}"
    pages = {}
    for role, code, kind in (
        (Role.CLINICIAN, "health", Agency.Kind.HEALTH),
        (Role.ADVOCATE, "helpline", Agency.Kind.ADVOCACY),
        (Role.INVESTIGATOR, "force-a", Agency.Kind.POLICE),
    ):
        pages[code] = browser.new_context(viewport={"width": width, "height": 900}).new_page()
        steps.given_i_am_signed_in(pages[code], site, role, agency=code, kind=kind)
    his, hers, police = pages["health"], pages["helpline"], pages["force-a"]
    his.goto(f"{start}/intervention/victim-safety")
    then_it_is_good(his, "check-none")
    his.get_by_role("button", name="Ask for the check").click()
    then_it_is_good(his, "check-ask")
    his.get_by_label("Voluntary").check()
    his.get_by_role("button", name="Ask for the check").click()
    expect(his.get_by_text("Waits for an answer", exact=False).first).to_be_visible()
    hers.goto(f"{start}/victim/checks")
    then_it_is_good(hers, "check-to-sign")
    hers.get_by_role("link", name="Sign the check").click()
    hers.get_by_role("button", name="Sign the check").click()
    steps.then_the_error_summary_leads_to(hers, "Choose “go on” or “not yet”", "Go on")
    then_it_is_good(hers, "check-sign")
    hers.get_by_label("No", exact=True).first.check()
    hers.get_by_label("It is not safe to tell them").check()
    for name in ("supported", "plan", "exposed"):
        hers.locator(f"input[name={name}][value=not_known]").check()
    hers.get_by_label("Notes (optional)").fill("She stays with her sister.")
    hers.get_by_label("Not yet: speak to the case’s coordinator").check()
    hers.get_by_role("button", name="Sign the check").click()
    then_it_is_good(hers, "check-signed")
    his.goto(f"{start}/intervention/victim-safety")
    expect(his.get_by_text("Not yet: speak to the case’s coordinator").first).to_be_visible()
    expect(his.get_by_text("sister")).to_have_count(0)
    then_it_is_good(his, "check-answered")
    his.goto(f"{start}/intervention/warnings/warn")
    his.get_by_role("button", name="Send the warning").click()
    then_it_is_good(his, "warn")
    his.get_by_label("The victim", exact=True).check()
    his.get_by_label("Now or today").check()
    his.get_by_label("What you heard or saw").fill("He means to wait at the depot with a knife.")
    his.get_by_label("Message to act on").fill("Keep the victim away from work tomorrow.")
    his.get_by_label("Vital interests", exact=False).check()
    his.get_by_role("button", name="Send the warning").click()
    expect(his.get_by_text("ring 999 as well", exact=False)).to_be_visible()
    then_it_is_good(his, "warned")
    police.goto(start)
    expect(police.get_by_text("The victim: now or today", exact=False).first).to_be_visible()
    then_it_is_good(police, "overview")
    police.goto(f"{start}/warnings")
    expect(police.get_by_text("Keep the victim away from work tomorrow.")).to_be_visible()
    expect(police.get_by_text("knife")).to_have_count(0)
    then_it_is_good(police, "warnings")
    for page in pages.values():
        page.context.close()
