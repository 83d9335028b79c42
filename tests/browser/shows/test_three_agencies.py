"""Three agencies' exports, imported together as the files they are: every row accounted for, on screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.demo import world as demonstration
from lamplighter.hub.intake import services as intake
from lamplighter.hub.intake.models import Delivery
from lamplighter.synthetic import exports
from tests.browser import steps
from tests.browser.shows import world
from tests.browser.shows.pictures import picture


def given_three_agencies_sent_their_files(folder: Path) -> list[Delivery]:
    exports.write(world.world(), folder)
    for code, name, kind in demonstration.AGENCIES[:3]:
        accounts.ensure_agency(code, name, kind)
    return [
        intake.import_files([folder / name for name in names], mapping)
        for mapping, names in demonstration.FILES
    ]


@pytest.mark.slow
def test_the_imports_of_three_agencies(page: Page, site: str, tmp_path: Path) -> None:
    deliveries = given_three_agencies_sent_their_files(tmp_path / "exports")
    steps.given_i_am_signed_in(page, site, "coordinator")
    page.goto(f"{site}/intake/imports")
    steps.then_the_heading_is(page, "Imports")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(len(deliveries))
    for agency in ("Force A", "Force B", "Stalking helpline"):
        expect(rows.filter(has_text=agency)).to_contain_text("Done")
    # Rows in are rows accepted, rejected and repeated, for each agency.
    for row in rows.all():
        read, accepted, rejected, repeats, new, _corrected = (
            int("".join(c for c in text if c.isdigit()))
            for text in row.locator(".govuk-table__cell--numeric").all_inner_texts()
        )
        assert read == accepted + rejected + repeats > 0
        assert new > 0
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)
    picture(page, "imports")
    # Behind each import stand its reasons, with what to do.
    rows.filter(has_text="Force B").get_by_role("link").click()
    expect(page.get_by_role("heading", name="What could not be used as it came")).to_be_visible()
    expect(page.get_by_role("link", name="Download every rejected row")).to_be_visible()
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)
