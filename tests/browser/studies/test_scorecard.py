"""The public scorecard as it is read: on a wide and a narrow screen, without a script, by a screen reader."""

from __future__ import annotations

import datetime as dt
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from lamplighter.studies.scorecard.releases.held import add_release
from lamplighter.studies.scorecard.site import build, write_site
from tests.browser.shows.pictures import FOLDER
from tests.browser.steps import WCAG
from tests.unit.studies.test_scorecard import AS_AT, EMBARGO, a_folder
from tests.unit.studies.test_scorecard_releases import facts, held_in, leave, tables

PICTURES = os.environ.get("LAMPLIGHTER_PICTURES") == "1"
PAGES = (
    "index.html",
    "measures/index.html",
    "measures/charged.html",
    "measures/protection-orders.html",
    "forces/index.html",
    "forces/surrey.html",
    "forces/north_yorkshire.html",
    "forces/surrey-over-time.html",
    "over-time.html",
    "published/index.html",
    "published/hub-of-cleveland-2024-06-30.html",
    "measures/indicator-15.html",
    "register/index.html",
    "register/super-complaint-2024-07.html",
    "register/forces/kent.html",
    "sources.html",
    "corrections.html",
    "changes.html",
    "data.html",
    "about.html",
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("scorecard")
    folder = a_folder(place, EMBARGO)
    ones = {"cleveland": leave(place / "few", tables(4, 40)), "kent": leave(place / "many", tables(100, 240))}
    # Kent in two editions: what a link says leads to one place.
    held_in(folder, ones, "cleveland", "kent")
    later = leave(place / "later", replace(tables(120, 260), edition="2025-06-30"))
    years = {"first": dt.date(2024, 7, 1), "last": dt.date(2025, 6, 30)}
    add_release(folder, *later, facts("Hub of kent", ["kent"], **years))
    write_site(build(folder, AS_AT, register=Path("shipped")), place / "site")
    return place / "site"


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def asked_elsewhere(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_fits_and_asks_for_nothing(page: Page, published: Path, path: str) -> None:
    asked = asked_elsewhere(page)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 720})
        page.goto((published / path).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    options = {"runOnly": WCAG, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    assert [f"{v['id']}: {[n['target'] for n in v['nodes']][:3]}" for v in found] == []
    links = page.eval_on_selector_all("a[href]", "all => all.map(a => [a.textContent.trim(), a.href])")
    places: dict[str, set[str]] = {}
    for text, href in links:
        places.setdefault(text, set()).add(href)
    assert {text: hrefs for text, hrefs in places.items() if len(hrefs) > 1} == {}
    assert asked == [(published / path).as_uri()] * 2


def test_without_a_script_the_keyboard_reaches_every_part_and_the_table_is_there(
    browser: Browser, published: Path
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((published / "index.html").as_uri())
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.locator("summary", has_text="Every force").press("Enter")
    assert page.get_by_role("row", name=re.compile("^North Wales")).is_visible()
    page.get_by_role("link", name="Forces", exact=True).press("Enter")
    page.get_by_role("link", name="Surrey").press("Enter")
    assert page.get_by_role("heading", level=1).inner_text() == "Surrey"
    page.context.close()


def test_it_prints_whole(page: Page, published: Path, tmp_path: Path) -> None:
    page.goto((published / "index.html").as_uri())
    page.emulate_media(media="print")
    assert page.get_by_role("row", name=re.compile("^North Wales")).count() == 1
    paper = page.pdf(format="A4")
    assert (
        2 <= paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ") + paper.count(b"/Type/Page") <= 12
    )
    if PICTURES:
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1280, "height": 1500})
        page.screenshot(path=FOLDER / "scorecard-country.png")
