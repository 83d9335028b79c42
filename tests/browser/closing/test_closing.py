"""Dropping a case in a browser, by the keyboard: refused on day 4, closed properly, overridden in public."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.status import changes
from lamplighter.hub.closing import services
from lamplighter.hub.risk.levels import JUDGEMENTS
from lamplighter.hub.risk.second_opinion import second_rater
from tests.browser import steps
from tests.integration.access import making
from tests.integration.closing import telling
from tests.integration.victim_side.making import a_rule

MOST_PAGES = 12


def folder(tmp_path: Path) -> Path:
    return Path(os.environ.get("LAMPLIGHTER_SHOW_FOLDER") or tmp_path)


class Opened:
    """Count the pages of the case that were opened, by their address."""

    def __init__(self, page: Page, case: Case) -> None:
        self.paths: set[str] = set()
        self.start = f"/cases/{case.key}"
        page.on("response", self.note)

    def note(self, response: Response) -> None:
        path = re.sub(r"^https?://[^/]+", "", response.url)
        if response.request.resource_type == "document" and path.startswith(self.start):
            self.paths.add(path.removeprefix(self.start).split("?")[0])


HERE = """e => e === document.activeElement ? 'here'
    : e.type === 'radio' && e.name === document.activeElement.name && document.activeElement.form === e.form
    ? 'beside' : 'elsewhere'"""
MOST_TABS = 400


def reach(page: Page, wanted: Locator) -> None:
    """Come to it by Tab; to another answer of the same question by the arrows, which choose it too."""
    for _ in range(MOST_TABS):
        where = wanted.evaluate(HERE)
        if where == "here":
            return
        page.keyboard.press("ArrowDown" if where == "beside" else "Tab")
    raise AssertionError(f"The keyboard never reached {wanted} on {page.url}")


def press(page: Page, role: Literal["button", "link"], name: str) -> None:
    """Come to a button or a link by Tab, and press Enter."""
    reach(page, page.get_by_role(role, name=name, exact=True).first)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def choose(page: Page, group: str | re.Pattern[str], name: str, role: str = "radio") -> None:
    """Reach a radio button or a box by the keyboard, and press Space."""
    wanted = page.get_by_role("group", name=group).get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]  # one of two
    reach(page, wanted)
    page.keyboard.press("Space")
    expect(wanted).to_be_checked()


def write(page: Page, label: str, words: str) -> None:
    reach(page, page.get_by_label(label, exact=True))
    page.keyboard.press("Control+a")
    page.keyboard.type(words)


def pick(page: Page, label: str, words: str) -> None:
    """Choose in a list by typing the beginning of what it says."""
    reach(page, page.get_by_label(label, exact=True))
    page.keyboard.type(words)


def a_case() -> telling.Told:
    officer = steps.given_a_user(Role.INVESTIGATOR)
    lead = steps.given_a_user(Role.STALKING_LEAD)
    supervisor = steps.given_a_user(Role.COORDINATOR, agency="hub")
    advocate = steps.given_a_user(Role.ADVOCATE, agency="helpline")
    with identity.as_person(officer):
        case = making.a_case(officer, "helpline")
    with identity.as_person(supervisor):
        changes.triage(supervisor, case, "consultation", "fixation", "Fixed on her.")
    telling.an_incident(case, "approach", "publishing")
    return telling.Told(case, officer, lead, supervisor, advocate, making.somebody(Role.CLINICIAN, "health"))


def attempt(page: Page, site: str, told: telling.Told) -> None:
    """Try to close as outcome 15, and be told what is missing."""
    page.goto(f"{site}/cases/{told.case.key}/close")
    choose(page, "Why is it closed?", "The hub can do nothing more that would help")
    pick(page, "Which police outcome drops the case?", "15")
    write(page, "In words", "Lack of evidence.")
    choose(page, "Is the stalking current?", "Yes")
    write(page, "If it is, or nobody knows: why is it right to close?", "Her advocate stays with her.")
    for name in (
        "Is an order in force, or are there conditions?",
        "Is the person on bail?",
        "Is a release from custody or hospital to come?",
        "Is a trial or a sentence to come?",
    ):
        choose(page, name, "No")
    choose(page, "What does the advocate of the victim say?", "Agrees")
    write(page, "What was asked for and not done?", "Nothing")
    press(page, "button", "Close the case")


def lines(page: Page, site: str, told: telling.Told, user: User) -> None:
    """Each open line that this person has gets its outcome, on one page."""
    steps.when_somebody_else_signs_in(page, site, user)
    page.goto(f"{site}/cases/{told.case.key}/enquiries")
    for group in page.get_by_role("group", name=re.compile("where does it stand")).all():
        reach(page, group.get_by_role("radio", name="Done", exact=True))
        page.keyboard.press("Space")
    for box in page.get_by_label(re.compile("outcome, or why not")).all():
        reach(page, box)
        page.keyboard.type("Asked for, and received.")
    press(page, "button", "Save all")


@pytest.fixture(autouse=True)
def nobody_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_rater, "is_drawn", lambda percent: False)


def test_refused_on_day_4_and_closed_properly_in_at_most_12_pages_by_the_keyboard(
    page: Page, site: str, tmp_path: Path
) -> None:
    page.set_default_timeout(60_000)
    told = a_case()
    case, pictures = told.case, folder(tmp_path)
    steps.when_i_sign_in(page, site, told.lead)
    attempt(page, site, told)
    expect(page.get_by_role("heading", name="Missing before the case can be dropped")).to_be_visible()
    asked = "on the victim’s side are missing. The victim’s advocate has been asked."
    expect(page.get_by_text(asked)).to_be_visible()
    expect(page.get_by_label("In words", exact=True)).to_have_value("Lack of evidence.")
    steps.then_it_is_good_at_every_width(page, pictures, "closing-1-refused")

    opened = Opened(page, case)
    steps.when_somebody_else_signs_in(page, site, told.officer)
    page.goto(f"{site}/cases/{case.key}/closing")
    steps.then_it_is_good_at_every_width(page, pictures, "closing-2-closing-check")
    page.goto(f"{site}/cases/{case.key}/enquiries")
    steps.then_it_is_good_at_every_width(page, pictures, "closing-3-lines")
    lines(page, site, told, told.officer)
    press(page, "link", "Closing check")
    press(page, "link", "Record what was considered")
    choose(page, "Evidence-led prosecution", "Body-worn video", "checkbox")
    write(page, "Evidence-led prosecution: findings", "No officer saw the suspect.")
    for name in ("Earlier reports about the suspect", "Earlier reports by and about the victim"):
        choose(page, name, "Nothing", "checkbox")
        write(page, f"{name}: findings", "Searched in both forces.")
    steps.then_it_is_good_at_every_width(page, pictures, "closing-4-considered")
    press(page, "button", "Save")
    steps.then_the_heading_is(page, "Closing check")

    page.goto(f"{site}/cases/{case.key}/risk/assess")
    choose(page, "Is the stalking current?", "Yes")
    write(page, "How is that known?", "Seen last week.")
    for title in JUDGEMENTS.values():
        write(page, f"Reasons: {title.lower()}", "As before.")
        group = page.get_by_role("group", name=re.compile(f"^Incidents.*: {title.lower()}"))
        reach(page, group.get_by_role("checkbox").first)
        page.keyboard.press("Space")
    for group in page.get_by_role("group", name=re.compile("^How likely")).all():
        reach(page, group.get_by_role("radio", name="Moderate", exact=True))
        page.keyboard.press("Space")
    press(page, "button", "Save assessment")

    lines(page, site, told, told.advocate)
    page.goto(f"{site}/cases/{case.key}/victim/impact")
    reach(page, page.get_by_label("What it did, in the victim's own words"))
    page.keyboard.type("I walk another way to work.")
    reach(page, page.get_by_role("group", name="What this shows").get_by_role("checkbox").first)
    page.keyboard.press("Space")
    shown = page.get_by_role("group", name="What this shows").locator("xpath=ancestor::form")
    reach(page, shown.get_by_role("button").first)
    with page.expect_navigation():
        page.keyboard.press("Enter")

    steps.when_somebody_else_signs_in(page, site, told.officer)
    page.goto(f"{site}/cases/{case.key}/closing")
    press(page, "link", "Stalking protection order")
    choose(page, "Is an order applied for?", "Do not apply")
    ground = "There is not enough evidence on the civil standard"
    choose(page, "If none is applied for: on which ground?", ground)
    write(page, "Your reason", "Nothing but one message is held.")
    press(page, "button", "Save decision")
    steps.then_the_heading_is(page, "Closing check")
    press(page, "link", "Propose an outcome")
    reach(page, page.get_by_role("radio", name=re.compile("^15: ")))
    page.keyboard.press("Space")
    write(page, "Why?", "No witness will speak, and no film shows a face.")
    press(page, "button", "Propose outcome")
    steps.then_the_heading_is(page, "Closing check")
    steps.then_it_is_good_at_every_width(page, pictures, "closing-5-proposed")

    for user in (told.lead, told.supervisor):
        steps.when_somebody_else_signs_in(page, site, user)
        page.goto(f"{site}/cases/{case.key}/closing")
        press(page, "link", "Sign or refuse the proposed outcome")
        capacity = "Stalking lead" if user == told.lead else "Supervisor"
        choose(page, "You sign as", capacity)
        choose(page, "Do you agree?", "Agrees")
        write(page, "Why?", "I read the file and every line.")
        if user == told.lead:
            steps.then_it_is_good_at_every_width(page, pictures, "closing-6-sign")
        press(page, "button", "Save")
        steps.then_the_heading_is(page, "Closing check")

    with identity.as_person(told.advocate):
        a_rule(told.advocate, case)
    steps.when_somebody_else_signs_in(page, site, told.advocate)
    page.goto(f"{site}/cases/{case.key}/closing")
    press(page, "link", "Record that the victim was told")
    choose(page, "How was the victim told?", "Phone call")
    write(page, "How was the right to a review explained?", "By letter to the force, within three months.")
    steps.then_it_is_good_at_every_width(page, pictures, "closing-7-told")
    press(page, "button", "Save")
    expect(page.get_by_text("Nothing is missing of what you can read.")).to_be_visible()

    steps.when_somebody_else_signs_in(page, site, told.lead)
    attempt(page, site, told)
    expect(page.get_by_text("The case is closed.")).to_be_visible()
    steps.take_picture(page, pictures, "closing-8-closed")
    print(f"Pages of the case that were opened: {len(opened.paths)}: {sorted(opened.paths)}")
    assert len(opened.paths) <= MOST_PAGES


def test_an_override_is_published_with_name_reason_and_what_was_missing(
    page: Page, site: str, tmp_path: Path
) -> None:
    page.set_default_timeout(60_000)
    told = a_case()
    pictures = folder(tmp_path)
    with identity.as_person(told.officer):
        services.ask_override(told.officer, told.case, "15", "The only witness has died.", told.lead)
    steps.when_i_sign_in(page, site, told.lead)
    page.goto(f"{site}/cases/{told.case.key}/closing")
    press(page, "link", "Read it and answer")
    choose(page, "May the case be dropped although this is missing?", "Yes")
    write(page, "Why?", "The witness died, and nothing else shows it.")
    steps.then_it_is_good_at_every_width(page, pictures, "closing-9-override")
    press(page, "button", "Save answer")
    attempt(page, site, told)
    expect(page.get_by_text("The case is closed.")).to_be_visible()
    page.goto(f"{site}/caseload/")
    steps.then_it_is_good_at_every_width(page, pictures, "closing-10-caseload")
    reach(page, page.get_by_role("row", name=re.compile("Of these by an override")).get_by_role("link"))
    page.keyboard.press("Enter")
    steps.then_the_heading_is(page, "Overrides of the closing check")
    expect(page.get_by_text("The witness died, and nothing else shows it.")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, pictures, "closing-11-published")
