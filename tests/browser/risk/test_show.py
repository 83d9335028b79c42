"""The show of a case's risk: assessed, a breach on a Friday night, high, and lowered by two agencies.

Everything is done on the pages, by whoever would do it. The pictures go where LAMPLIGHTER_SHOW_FOLDER
says: `make shows`. The clock of the hub is set to the days of the story, which ends yesterday or before.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.risk import selectors
from tests.browser import steps
from tests.browser.story import Told
from tests.integration.instruments import filling
from tests.integration.risk import telling

FRIDAY = 4
TITLES = {
    "violence": "How likely is it that the suspect uses violence?",
    "persistence": "How likely is it that this stalking goes on?",
    "recurrence": "How likely is it that stalking begins again?",
    "harm": "How likely is serious psychosocial harm?",
}
NAMES = {"harm": "psychosocial harm"}
REASONS = {
    "violence": "Follows on foot and waits at the home. No threat and no weapon is known of.",
    "persistence": "Nothing that was said has stopped it for more than a week.",
    "recurrence": "The same was reported about an earlier partner.",
    "harm": "Sleeps elsewhere on some nights.",
}


class Show:
    """One story: whose browser it is now, and the picture that comes next."""

    def __init__(self, page: Page, site: str, case: Case, clock: Told, folder: Path) -> None:
        self.page, self.site, self.case, self.clock, self.folder = page, site, case, clock, folder
        self.number = 0

    def at(self, when: dt.datetime, user: User) -> None:
        """Somebody signs in at a moment."""
        self.clock.at = when
        self.page.context.clear_cookies()
        steps.when_i_sign_in(self.page, self.site, user)
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()

    def goto(self, part: str) -> None:
        self.page.goto(f"{self.site}{part}" if part.startswith("/work") else f"{self.address}{part}")

    @property
    def address(self) -> str:
        return f"{self.site}/cases/{self.case.key}"

    def picture(self, name: str) -> None:
        self.number += 1
        steps.then_it_is_good_at_every_width(self.page, self.folder, f"risk-{self.number:02d}-{name}")

    def group(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("group", name=name)

    def assess(self, levels: dict[str, str], *, changed: str = "") -> None:
        """Fill in the form of an assessment: the answers that every one needs."""
        self.goto("/risk/assess")
        self.group("Is the stalking current?").get_by_role("radio", name="Yes", exact=True).check()
        self.page.get_by_label("How is that known?").fill("The last act was in the week before.")
        if changed:
            self.page.get_by_label("What has changed since the last assessment?").fill(changed)
        for name, title in TITLES.items():
            said = levels.get(name, "Moderate")
            self.group(title).get_by_role("radio", name=said, exact=True).check()
            known = said != "Not known"
            why = REASONS[name] if known else "Nobody has asked the victim yet, alone and in safety."
            self.page.get_by_label(f"Reasons: {NAMES.get(name, name)}").fill(why)
            if known:
                # "Incidents, breaches and orders" once the case has them.
                cites = self.group(re.compile(f"^Incidents.*: {NAMES.get(name, name)}")).get_by_role(
                    "checkbox"
                )
                cites.first.check()

    def save(self) -> None:
        self.page.get_by_role("button", name="Save assessment").click()
        steps.then_the_heading_is(self.page, "Risk")


def a_friday() -> dt.datetime:
    """The last Friday that is three weeks ago or more, at 10:40 at night."""
    day = timezone.localtime(timezone.now() - dt.timedelta(days=21))
    day -= dt.timedelta(days=(day.weekday() - FRIDAY) % 7)
    return day.replace(hour=22, minute=40, second=0, microsecond=0)


def test_a_case_from_its_first_assessment_through_a_breach_to_a_level_that_two_agencies_lower(
    page: Page, site: str, clock: Told, tmp_path: Path
) -> None:
    page.set_default_timeout(30_000)
    friday = a_friday()
    day = dt.timedelta(days=1)
    monday, tuesday, later = friday + 3 * day, friday + 4 * day, friday + 13 * day
    investigator = steps.given_a_user(Role.INVESTIGATOR, name="Jo Fenwick")
    lead = steps.given_a_user(Role.STALKING_LEAD, name="Alex Thorne")
    advocate = steps.given_a_user(Role.ADVOCATE, agency="helpline", kind="advocacy", name="Mina Castell")
    clock.at = friday - 7 * day
    case = telling.a_case(investigator, "helpline", "health")
    telling.a_report(case, happened_at=(friday - 9 * day).replace(tzinfo=None))
    filling.submitted(investigator, case)
    show = Show(page, site, case, clock, Path(os.environ.get("LAMPLIGHTER_SHOW_FOLDER") or tmp_path))

    # A week before: the first assessment, which rests on FOUR. One of the four is not known.
    show.at((friday - 6 * day).replace(hour=10), investigator)
    show.goto("/work/team")
    expect(page.get_by_text("Make the first assessment of the risk").first).to_be_visible()
    show.assess({"harm": "Not known"})
    show.group("On which submitted instruments").get_by_role("checkbox").first.check()
    show.picture("the-first-assessment-is-written")
    show.save()
    expect(page.get_by_text("Risk: moderate")).to_be_visible()
    show.picture("moderate-and-one-not-known")

    # Friday, twenty to eleven at night.
    show.at(friday, investigator)
    show.goto("/risk/happened")
    show.group("What happened?").get_by_role("radio", name="Breach of an order, bail or licence").check()
    page.get_by_label("What is known?").fill("Seen outside the victim’s work at 9:50pm. Bail forbids it.")
    show.group("Who can read this?").get_by_role("radio", name="Everybody on the case").check()
    page.get_by_role("button", name="Save").click()
    steps.then_the_heading_is(page, "Triggers of an assessment")
    show.goto("/risk")
    expect(page.get_by_role("heading", name="Why an assessment is due")).to_be_visible()
    show.picture("friday-night-a-breach")

    # Monday: it is overdue, and on the list of whoever works on the case.
    show.at(monday.replace(hour=9), lead)
    show.goto("/work/team")
    expect(page.get_by_role("link", name="Assess the risk again").first).to_be_visible()
    show.picture("monday-it-is-overdue")

    # Tuesday: high, with somebody who answers for it and an action.
    show.at(tuesday.replace(hour=9), lead)
    show.assess(
        {"violence": "High", "persistence": "High"},
        changed="Waited at the victim’s work on Friday night, in breach of bail.",
    )
    page.get_by_label("Who answers for what is done?").select_option(str(lead.key))
    page.get_by_label("Action 1", exact=True).fill("Arrest for the breach, and ask for a remand")
    page.get_by_label("Who does action 1?").select_option(str(investigator.key))
    for part, value in (("Day", tuesday.day), ("Month", tuesday.month), ("Year", tuesday.year)):
        show.group("Action 1 by").get_by_label(part, exact=True).fill(str(value))
    show.save()
    expect(page.get_by_text("Risk: high")).to_be_visible()
    expect(page.get_by_role("heading", name="Why an assessment is due")).to_have_count(0)
    show.picture("tuesday-high")

    # The week after: the lead judges it lower, and the level stays.
    show.at(later.replace(hour=11), lead)
    show.assess({}, changed="Remanded in custody. The prison blocks the victim’s numbers.")
    page.get_by_label("Who answers for what is done?").select_option(str(lead.key))
    show.group("on which grounds?").get_by_role("checkbox", name="In custody").check()
    page.get_by_label("who of another agency is asked to agree?").select_option(str(advocate.key))
    show.save()
    expect(page.get_by_text("Risk: high")).to_be_visible()
    show.picture("lower-is-proposed-and-high-stands")

    # The day after: the second agency agrees.
    show.at(later + day, advocate)
    show.goto("/work/")
    page.get_by_role("link", name="Read the lower level of risk").first.click()
    expect(page.get_by_text("Violence: high now, moderate if you agree")).to_be_visible()
    expect(page.get_by_text("Recurrence: moderate now")).to_have_count(0)
    show.picture("the-second-agency-is-asked")
    page.get_by_role("radio", name="I agree that it is lower").check()
    page.get_by_label("Your reason").fill("Agreed while the remand lasts.")
    page.get_by_role("button", name="Save answer").click()
    expect(page.get_by_text("Risk: moderate")).to_be_visible()
    show.picture("two-agencies-moderate")
    show.goto("/risk/compare")
    show.picture("the-last-two-side-by-side")

    # As at the Monday between: moderate, and the breach waits for an assessment. Nothing of what came later.
    show.goto(f"/risk?as_at={monday.date().isoformat()}")
    expect(page.get_by_text("Risk: moderate")).to_be_visible()
    expect(page.get_by_text("Breach of an order, bail or licence").first).to_be_visible()
    expect(page.get_by_text("Remanded in custody")).to_have_count(0)
    show.picture("as-at-the-monday-between")
    with identity.as_person(lead):
        then = {d: selectors.current(case, d).level for d in (monday, tuesday, later, later + 2 * day)}
    assert [str(level) for level in then.values()] == ["moderate", "high", "high", "moderate"]
    assert len([*show.folder.glob("risk-*.png")]) == 2 * show.number == 20
