"""The review's page opened as a file, as its reader opens it: no server, no network, no script."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from lamplighter.reporting.folder import PAGE
from lamplighter.studies.review.engine import review
from lamplighter.studies.review.publication.publishing import publish_review
from lamplighter.studies.review.publication.report_folder import write_review
from lamplighter.study_bundle import checking
from lamplighter.synthetic.study_bundles.bundle import make
from tests.browser.shows.pictures import FOLDER
from tests.browser.steps import WCAG

PICTURES = os.environ.get("LAMPLIGHTER_PICTURES") == "1"
PARTS = ("outcomes", "time", "indicators", "equality")


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report for those inside and the protected one, of the same made-up force."""
    place = tmp_path_factory.mktemp("review")
    made = make("london", place / "bundle", reports=10_000 if PICTURES else 900)
    checked = checking.check(made.bundle.parent)
    found = review(checked.required(), rejects=checked.rejects)
    write_review(found, place / "inside")
    outcome = publish_review(found, "police-victim", place / "released")
    assert outcome.passed, outcome.words
    return {"inside": place / "inside" / PAGE, "released": place / "released" / PAGE}


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A tab in which any request but the file itself is a failure."""
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    yield page
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:"))] == []
    assert [text for text in complaints if "Content Security Policy" in text] == []


@pytest.mark.parametrize("which", ["inside", "released"])
def test_nothing_that_axe_finds_and_nothing_wider_than_a_laptop(
    page: Page, reports: dict[str, Path], which: str
) -> None:
    page.goto(reports[which].as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("Review of the response to stalking")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    for part in ("five", "fifteen", "tables"):
        page.goto(f"{reports[which].as_uri()}#{part}")
        options = {"runOnly": WCAG, "resultTypes": ["violations"]}
        found = Axe().run(page, options=options).response["violations"]
        told = [f"{v['id']}: {v['help']} at {[n['target'] for n in v['nodes']][:3]}" for v in found]
        assert told == [], part
    assert page.locator("script, link, iframe, img:not([src^='data:'])").count() == 0


def test_each_says_what_it_is(page: Page, reports: dict[str, Path]) -> None:
    page.goto(reports["inside"].as_uri())
    expect(page.locator(".standing")).to_have_text("Internal: holds small numbers, not for release")
    page.goto(reports["released"].as_uri())
    expect(page.locator(".standing")).to_have_text("Protected for release")


def test_each_of_the_three_pages_is_reached_from_the_others_by_keyboard(
    page: Page, reports: dict[str, Path]
) -> None:
    """One part at a time, without a script, on a narrow telephone; a link to a table shows the table."""
    page.set_viewport_size({"width": 375, "height": 720})
    page.goto(reports["inside"].as_uri())
    shown = {part: page.locator(f"#{part}") for part in ("five", "fifteen", "tables")}

    def only(part: str) -> None:
        for name, own in shown.items():
            (expect(own).to_be_visible if name == part else expect(own).to_be_hidden)()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    only("five")
    for words, part in (
        ("Go on: in fifteen minutes", "fifteen"),
        ("Go on: the tables behind", "tables"),
        ("Back: in five minutes", "five"),
    ):
        page.get_by_role("link", name=words).locator("visible=true").focus()
        page.keyboard.press("Enter")
        only(part)
    behind = page.locator("#five").get_by_role("link", name="The numbers behind “How far reports got”")
    behind.focus()
    page.keyboard.press("Enter")
    only("tables")
    expect(page.locator("#table-funnel")).to_be_in_viewport()
    page.get_by_role("link", name="Back to “What became of the reports”").focus()
    page.keyboard.press("Enter")
    only("fifteen")


def test_on_paper_all_three_pages_follow_one_another_and_the_contents_are_gone(
    page: Page, reports: dict[str, Path]
) -> None:
    page.goto(reports["inside"].as_uri())
    page.emulate_media(media="print")
    for part in ("five", "fifteen", "tables"):
        expect(page.locator(f"#{part}")).to_be_visible()
    expect(page.locator("#table-funnel")).to_be_visible()
    expect(page.locator("nav.contents").first).to_be_hidden()


def test_the_pictures_of_the_docs(page: Page, reports: dict[str, Path]) -> None:
    """Each part that the docs show is there; with LAMPLIGHTER_PICTURES=1 it is taken anew."""
    for which, parts in (("inside", PARTS), ("released", ("brief",))):
        for part in parts:
            page.goto(f"{reports[which].as_uri()}#{part}")
            section = page.locator(f"section[aria-labelledby='{part}']")
            expect(section).to_be_visible()
            if PICTURES:
                page.evaluate("part => document.getElementById(part).scrollIntoView()", part)
                if part == "brief":
                    page.evaluate("window.scrollTo(0, 0)")
                FOLDER.mkdir(parents=True, exist_ok=True)
                page.set_viewport_size({"width": 1280, "height": 960})
                page.screenshot(path=FOLDER / f"review-{part}{'-released' * (which == 'released')}.png")
