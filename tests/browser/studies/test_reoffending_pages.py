"""Pages of the country as they are read: rates, links and why; on screens and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from lamplighter.cli.country.national_page import page as national_page
from lamplighter.cli.country.reasons_page import page as reasons_page
from lamplighter.national import run
from lamplighter.national.release import links
from lamplighter.national.release.reasons import habits, reasons
from lamplighter.reporting.folder import PAGE
from lamplighter.reporting.html_page import html_page
from lamplighter.studies.reoffending.report.folder import write_report
from lamplighter.studies.reoffending.report.release import release_report
from lamplighter.studies.reoffending.study import study_of
from lamplighter.studies.scorecard.site import build, write_site
from tests.browser.steps import WCAG
from tests.unit.national.country import ALONE, RELEASE, made, silent
from tests.unit.studies.test_scorecard import AS_AT, a_folder
from tests.unit.studies.test_scorecard_reoffending import PEOPLE, added, released
from tools.verify.reoffending_country import write_country

WIDTHS = (1280, 375)
SITE = (
    "site/published/stalking-again.html",
    "site/published/a-study-2026-11-30.html",
    "site/measures/reoffending.html",
    "site/measures/reported-before.html",
    "site/forces/kent.html",
)
PAGES = ("inside.html", "released.html", "hub.html", "linked.html", "why.html", *SITE)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every page of the country, of made-up countries."""
    place = tmp_path_factory.mktemp("country")
    write_country(place / "held", 8_000, seed=3)
    study = study_of(place / "held")
    write_report(study, place / "inside")
    assert release_report(study, "police-victim", place / "released").passed
    write_report(study_of(place / "held", hub="Two rivers hub"), place / "hub")
    for name in ("inside", "released", "hub"):
        (place / f"{name}.html").write_bytes((place / name / PAGE).read_bytes())
    country = made(place / "delivered")
    linked = run.linked(country.linker, RELEASE, ALONE, silent)
    told = links.publish(linked, country.linker, country.analyst, RELEASE, silent)
    quality = pl.read_parquet(told.folder / "quality.parquet")
    (place / "linked.html").write_text(html_page(national_page(told.told, quality)), "utf-8")
    known = reasons(linked, most=3)
    (place / "why.html").write_text(
        html_page(reasons_page(known, habits(linked), RELEASE.purpose, RELEASE.release)), "utf-8"
    )
    folder = a_folder(place / "kept")
    assert added(folder, released(place / "study", PEOPLE), "--made-up").exit_code == 0
    write_site(build(folder, AS_AT), place / "site")
    return place


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A tab in which any request but for the file itself is a failure."""
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:"))] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_country_is_accessible_and_fits_a_laptop_and_a_telephone(
    page: Page, pages: Path, name: str
) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 720})
        page.goto((pages / name).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        options = {"runOnly": WCAG, "resultTypes": ["violations"]}
        found = Axe().run(page, options=options).response["violations"]
        assert [f"{v['id']}: {[n['target'] for n in v['nodes']][:3]}" for v in found] == []
    levels = page.eval_on_selector_all("h1, h2, h3, h4", "all => all.map(e => Number(e.tagName[1]))")
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    told = page.eval_on_selector_all("a[href]", "all => all.map(a => [a.textContent.trim(), a.href])")
    places: dict[str, set[str]] = {}
    for text, href in told:
        places.setdefault(text, set()).add(href)
    assert {text: hrefs for text, hrefs in places.items() if len(hrefs) > 1} == {}


@pytest.mark.parametrize("name", ["inside.html", "released.html", "linked.html", "why.html"])
def test_each_says_at_its_head_who_may_read_it(page: Page, pages: Path, name: str) -> None:
    page.goto((pages / name).as_uri())
    standing = page.locator(".standing")
    expect(standing).to_have_count(1)
    expect(standing).to_be_in_viewport()
    own = {"inside.html": "Internal", "released.html": "Protected", "linked.html": "For analysts"}
    expect(standing).to_contain_text(own.get(name, "For the linker alone"))


@pytest.mark.parametrize("name", ["inside.html", "linked.html"])
def test_the_contents_lead_to_every_part_by_keyboard(page: Page, pages: Path, name: str) -> None:
    page.set_viewport_size({"width": 375, "height": 720})
    # Such a page has three parts, of which one is shown at a time.
    for part in ("fifteen", "tables"):
        page.goto(f"{(pages / name).as_uri()}#{part}")
        inner = page.locator(f"#{part} nav a[href^='#']")
        targets = [str(inner.nth(n).get_attribute("href")) for n in range(inner.count())]
        assert len(targets) > 2
        for target in targets:
            page.goto(f"{(pages / name).as_uri()}#{part}")
            page.locator(f"#{part} nav a[href='{target}']").focus()
            page.keyboard.press("Enter")
            expect(page.locator(target)).to_be_in_viewport()


@pytest.mark.parametrize("name", ["inside.html", "released.html", "linked.html", "why.html"])
def test_it_prints_with_every_table_open(page: Page, pages: Path, name: str) -> None:
    page.goto((pages / name).as_uri())
    page.emulate_media(media="print")
    hidden = page.eval_on_selector_all(
        "table", "all => all.filter(t => t.getClientRects().length === 0).map(t => t.caption?.textContent)"
    )
    assert hidden == []
    assert len(page.pdf(format="A4")) > 10_000
