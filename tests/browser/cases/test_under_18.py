"""A child in a case: what is asked, answered by the keyboard's way, at the width of a telephone too."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page, expect

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from tests.browser import steps
from tests.integration.access import making


def folder(tmp_path: Path) -> Path:
    return Path(os.environ.get("UNDER_18_PICTURES") or tmp_path)


def test_a_child_in_a_case_is_said_asked_about_and_answered(page: Page, site: str, tmp_path: Path) -> None:
    lead = steps.given_a_user(Role.COORDINATOR)
    born = timezone.localdate() - dt.timedelta(days=15 * 365)
    with identity.as_person(lead):
        case = making.a_case(
            lead,
            "helpline",
            victim={"name": "Mia Larch", "birth_date": born},
            suspect={"name": "Theo Birch", "age_from": 17, "age_to": 17, "age_on": timezone.localdate()},
        )
    steps.when_i_sign_in(page, site, lead)
    for part in ("", "/triage", "/under-18", "/people", "/under-18/victim/suspect_parent"):
        page.goto(f"{site}/cases/{case.key}{part}")
        expect(page.get_by_text("Victim under 18").first).to_be_visible()
        name = part.strip("/").replace("/", "-") or "case"
        steps.then_it_is_good_at_every_width(page, folder(tmp_path), name)
    page.get_by_role("radio", name="Yes").check()
    page.get_by_label("What is known, and who did what?").fill("Father, by the birth certificate.")
    page.get_by_role("button", name="Save answer").click()
    steps.then_the_heading_is(page, "Under 18s")
    expect(page.get_by_text("must be told nothing as a parent").first).to_be_visible()
    expect(page.get_by_text("Programmes for adults", exact=False)).to_have_count(0)
    expect(page.get_by_text("The programmes of this hub are for adults").first).to_be_visible()


def test_something_that_is_not_shared_is_recorded_for_ones_own_side(
    page: Page, site: str, tmp_path: Path
) -> None:
    advocate = steps.given_a_user(Role.ADVOCATE, agency="helpline", kind="advocacy")
    with identity.as_person(advocate):
        case = making.a_case(advocate, "force-a")
    steps.when_i_sign_in(page, site, advocate)
    page.goto(f"{site}/cases/{case.key}/sharing/refuse")
    steps.then_it_is_good_at_every_width(page, folder(tmp_path), "refuse")
    page.get_by_role("radio", name="Would disclose immigration status").check()
    page.get_by_label("Who asked for it?").fill("DC Vale, Force A")
    page.get_by_role("button", name="Save refusal").click()
    expect(page.get_by_text("Not shared by your side")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, folder(tmp_path), "sharing")
