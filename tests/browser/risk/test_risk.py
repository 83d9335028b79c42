"""The risk of a case in a browser: judged by the keyboard, read and compared, at every width."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.cases.models import Case
from lamplighter.hub.risk import selectors
from lamplighter.hub.risk.plan import services as plan
from lamplighter.hub.risk.second_opinion import second_rater
from lamplighter.hub.risk.triggers import services as triggers
from tests.browser import steps
from tests.integration.access import making
from tests.integration.risk import telling


def folder(tmp_path: Path) -> Path:
    return Path(os.environ.get("LAMPLIGHTER_SHOW_FOLDER") or tmp_path)


def test_the_risk_is_judged_by_the_keyboard_and_its_pages_have_no_fault(
    page: Page, site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_rater, "is_drawn", lambda percent: False)
    lead = steps.given_a_user(Role.STALKING_LEAD)
    other = making.somebody(Role.ADVOCATE, "helpline")
    with identity.as_person(lead):
        case = making.a_case(lead, "helpline")
    telling.a_report(case)
    steps.when_i_sign_in(page, site, lead)
    page.goto(f"{site}/cases/{case.key}/risk/assess")
    steps.then_it_is_good_at_every_width(page, folder(tmp_path), "assess")

    def choose(group: str, name: str) -> None:
        page.get_by_role("group", name=group).get_by_role("radio", name=name, exact=True).focus()
        page.keyboard.press("Space")

    choose("Is the stalking current?", "Yes")
    page.get_by_label("How is that known?").focus()
    page.keyboard.type("He wrote on Sunday.")
    for title, of in (
        ("How likely is it that the suspect uses violence?", "violence"),
        ("How likely is it that this stalking goes on?", "persistence"),
        ("How likely is it that stalking begins again?", "recurrence"),
        ("How likely is serious psychosocial harm?", "psychosocial harm"),
    ):
        choose(title, "Moderate")
        page.get_by_label(f"Reasons: {of}").focus()
        page.keyboard.type("Waits for the victim.")
        page.get_by_role("group", name=f"Incidents: {of}").get_by_role("checkbox").first.focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Save assessment").focus()
    page.keyboard.press("Enter")
    steps.then_the_heading_is(page, "Risk")
    expect(page.get_by_text("Risk: moderate")).to_be_visible()

    telling.assess(lead, case, telling.a_high(lead, *telling_reports(case)))
    lower = telling.draft(
        *telling_reports(case), violence="low", grounds=("custody",), asked=other, answers_for=lead
    )
    made = telling.assess(lead, case, lower)
    with identity.as_person(lead):
        triggers.record(lead, case, "arrest", timezone.localdate(), "At his work.")
        words = plan.Words("He comes to her work", "Her", "Reception calls 999", "A month of silence")
        thread = plan.write(lead, case, words).thread
        by = timezone.localdate() + dt.timedelta(days=3)
        plan.act(lead, case, telling.Action("Tell reception", other, by), of_key=thread)
        row = selectors.triggers(case)[0]
    for part in (
        "",
        "/risk",
        "/risk/compare",
        f"/risk/assessments/{made.key}",
        "/risk/triggers",
        "/risk/happened",
        f"/risk/triggers/{row.key}/set-aside",
        "/risk/measures/safety_plan",
        "/risk/plan",
        f"/risk/plan/scenario/{thread}",
        "/risk/plan/action",
    ):
        page.goto(f"{site}/cases/{case.key}{part}")
        name = part.removeprefix("/risk").strip("/").split("/")[0] or "page"
        steps.then_it_is_good_at_every_width(page, folder(tmp_path), name if part else "case")
    page.goto(f"{site}/risk/agreement")
    steps.then_it_is_good_at_every_width(page, folder(tmp_path), "agreement")


def telling_reports(case: Case) -> list[CaseReport]:
    with making.as_the_owner():
        return list(CaseReport.objects.filter(case=case))


def test_the_second_agency_answers_and_the_victims_view_is_written(
    page: Page, site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_rater, "is_drawn", lambda percent: False)
    by, advocate = (
        making.somebody(Role.INVESTIGATOR),
        steps.given_a_user(Role.ADVOCATE, agency="helpline", kind="advocacy"),
    )
    case = telling.a_case(by, "helpline")
    telling.assess(by, case, telling.a_high(by))
    lower = telling.draft(violence="low", grounds=("custody",), asked=advocate, answers_for=by)
    made = telling.assess(by, case, lower)
    steps.when_i_sign_in(page, site, advocate)
    page.goto(f"{site}/cases/{case.key}/risk/assessments/{made.key}/lower")
    steps.then_it_is_good_at_every_width(page, folder(tmp_path), "lower")
    page.get_by_role("radio", name="I agree that it is lower").check()
    page.get_by_label("Your reason").fill("The prison listens to his calls.")
    page.get_by_role("button", name="Save answer").click()
    expect(page.get_by_text("Risk: moderate")).to_be_visible()
    page.goto(f"{site}/cases/{case.key}/risk/plan/victims-view")
    steps.then_it_is_good_at_every_width(page, folder(tmp_path), "view")
    page.get_by_label("What does the victim say about the danger and the plan?").fill("Afraid of Fridays.")
    page.get_by_role("button", name="Save the victim’s view").click()
    expect(page.get_by_text("Afraid of Fridays.")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, folder(tmp_path), "plan-of-advocate")


def test_a_second_rater_judges_on_a_page(
    page: Page, site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_rater, "is_drawn", lambda percent: True)
    by = making.somebody(Role.INVESTIGATOR)
    rater = steps.given_a_user(Role.ADVOCATE, agency="helpline", kind="advocacy")
    case = telling.a_case(by, "helpline")
    telling.assess(by, case, telling.draft())
    steps.when_i_sign_in(page, site, rater)
    page.goto(f"{site}/cases/{case.key}/risk/second-rating")
    expect(page.get_by_text("Risk: hidden until you judge")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, folder(tmp_path), "second-rating")


def test_of_ninety_incidents_the_oldest_is_found_and_what_was_typed_stays(
    page: Page, site: str, tmp_path: Path
) -> None:
    lead = steps.given_a_user(Role.STALKING_LEAD)
    with identity.as_person(lead):
        case = making.a_case(lead, "helpline")
    first = dt.datetime(2026, 3, 1, 21)
    for n in range(90):
        telling.a_report(case, happened_at=first + dt.timedelta(days=n))
    steps.when_i_sign_in(page, site, lead)
    page.goto(f"{site}/cases/{case.key}/risk/assess")
    page.get_by_label("Reasons: violence").fill("Waits for the victim.")
    listed = page.get_by_role("group", name="Incidents: violence").get_by_role("checkbox")
    expect(listed).to_have_count(40)
    listed.first.check()
    page.get_by_role("button", name="List 40 more").click()
    expect(listed).to_have_count(80)
    page.get_by_label("Find an incident").fill("2 mar")
    page.get_by_role("button", name="Find", exact=True).click()
    steps.then_it_is_good_at_every_width(page, folder(tmp_path), "found")
    expect(page.get_by_label("Reasons: violence")).to_have_value("Waits for the victim.")
    # The one that was chosen stays beside those that are found.
    expect(listed.first).to_be_checked()
    oldest = page.get_by_role("group", name="Incidents: violence").get_by_label(
        "2 March 2026, Force A", exact=True
    )
    expect(oldest).to_be_visible()
