"""What is in force, what changed, and what a restart would put in force. In a browser."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.configuration import services
from lamplighter.hub.site import places
from lamplighter.hub.site.config_files import reading
from lamplighter.hub.site.config_files.reading import Reading
from tests.browser import steps
from tests.integration.configuration import files

PICTURES = Path(os.environ.get("LAMPLIGHTER_CONFIGURATION_PICTURES", "test-results/configuration"))
BEGINS = "weeks = 8\nfrom = 2025-01-01\n"
LATER = (
    BEGINS
    + 'until = 2026-06-01\nmark = "I"\nsource = "As agreed before"\n\n[[current]]\ncode = "thirteen_weeks"\n'
    + 'title = "Any attempt at contact, or any breach of an order, in the last 13 weeks"\nweeks = 13\n'
    + "from = 2026-06-01\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(places, "installation", lambda: tmp_path)
    monkeypatch.setattr(reading, "_running", reading.running())
    return tmp_path


def when_the_hub_starts(folder: Path, by: str) -> None:
    reading.run_on(Reading(folder))
    services.apply(by)


def test_an_administrator_sees_what_is_in_force(page: Page, site: str, folder: Path) -> None:
    when_the_hub_starts(folder, "site")
    changed = files.changed("cases", ("working_days = 2", "working_days = 1"), (BEGINS, LATER))
    files.write(folder, cases=changed)
    when_the_hub_starts(folder, "upgrade")

    steps.given_i_am_signed_in(page, site, Role.ADMINISTRATOR, agency="hub")
    page.get_by_role("link", name="Configuration", exact=True).click()
    steps.then_the_heading_is(page, "Configuration")
    expect(page.get_by_text("1 part is this hub’s own")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, PICTURES, "parts")
    page.get_by_role("link", name="Cases", exact=True).click()
    steps.then_the_heading_is(page, "Cases")
    expect(page.get_by_text("No longer in force").first).to_be_visible()
    steps.then_it_is_good_at_every_width(page, PICTURES, "cases")
    page.get_by_role("link", name="version 2").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cases from")
    expect(page.get_by_text("Within: 2 working days, now 1 working day")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, PICTURES, "version")

    # Somebody edits files and does not restart.
    files.write(folder, overdue=files.changed("overdue", ("told_after_hours = 24", "told_after_hours = 12")))
    page.goto(f"{site}/configuration/overdue")
    expect(page.get_by_text("The file has changed. The change is not in force.")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, PICTURES, "changed")
    broken = files.changed("gate", ('status = ["charged"]', 'status = ["indicted"]'))
    files.write(folder, gate=broken, clocks="x = 1")
    page.goto(f"{site}/configuration/")
    expect(
        page.get_by_text("The files on the server have errors. The hub will not start with them.")
    ).to_be_visible()
    expect(page.get_by_text("Did you mean cases.toml?")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, PICTURES, "errors")


@pytest.mark.parametrize("name", ["agencies", "gate", "instruments", "working_days", "programmes"])
def test_each_part_fits_and_is_accessible(page: Page, site: str, folder: Path, name: str) -> None:
    when_the_hub_starts(folder, "site")
    steps.given_i_am_signed_in(page, site, Role.COORDINATOR)
    page.goto(f"{site}/configuration/{name}")
    steps.then_it_is_good_at_every_width(page, PICTURES, name)
