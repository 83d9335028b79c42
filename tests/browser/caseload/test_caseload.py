"""The coordinator's page and the rows behind a number, by keyboard, on a laptop and on a telephone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lamplighter.hub.accounts.models import User
from tests.browser import steps
from tests.integration.access import making
from tests.integration.caseload.test_caseload import World
from tests.integration.caseload.test_caseload import world as world

PICTURES = Path(os.environ.get("LAMPLIGHTER_CASELOAD_PICTURES", "test-results/caseload"))


@pytest.mark.parametrize("name", ["coordinator", "lead"])
def test_a_number_leads_to_its_rows_and_their_file(page: Page, site: str, world: World, name: str) -> None:
    user: User = world[name]
    with making.as_the_owner():
        user.set_password("a long enough password")
        user.save()
    steps.when_i_sign_in(page, site, user, "a long enough password")
    page.goto(f"{site}/cases/")
    page.get_by_role("link", name="Caseload, times and what is late").press("Enter")
    steps.then_the_heading_is(page, "Caseload")
    steps.then_it_is_good_at_every_width(page, PICTURES, f"{name}-caseload")
    link = page.get_by_role("link", name="open cases", exact=False).first
    number = int(link.inner_text().split()[0])
    link.press("Enter")
    steps.then_the_heading_is(page, "Cases")
    expect(page.get_by_text(f"{number} rows")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, PICTURES, f"{name}-rows")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as CSV").press("Enter")
    assert len(download.value.path().read_text("utf-8-sig").splitlines()) == number + 1
