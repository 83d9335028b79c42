"""The parts of the review that the docs picture: there, within a screen, and taken anew when asked."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page

from lamplighter.reporting.folder import PAGE
from lamplighter.studies.review.engine import Review, review
from lamplighter.studies.review.publication.publishing import publish_review
from lamplighter.studies.review.publication.report_folder import write_review
from lamplighter.studies.review.settings import settings
from lamplighter.study_bundle import checking
from lamplighter.synthetic.study_bundles.bundle import make
from tests.browser.shows.pictures import COLOURS, FOLDER

PICTURES = os.environ.get("LAMPLIGHTER_PICTURES") == "1"
#: Part of the page, and words that a reader finds in it.
PARTS = {
    "outcomes": "How far reports got",
    "time": "What had happened by each day",
    "indicators-tables": "Not met",
    "equality-tables": "Points from the others",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Review:
    place = tmp_path_factory.mktemp("parts")
    made = make("london", place / "bundle", reports=3_000 if PICTURES else 600)
    choices = replace(settings(), predictors=(), landmark_predictors=(), bootstrap_repeats=5)
    checked = checking.check(made.bundle.parent)
    return review(checked.required(), choices, rejects=checked.rejects)


@pytest.fixture(scope="module")
def folder(found: Review, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("report") / "page"
    write_review(found, place)
    return place


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 960})
    return page


def take(page: Page, name: str) -> None:
    path = FOLDER / f"review-{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as taken:
        taken.convert("RGB").quantize(COLOURS).save(path, optimize=True)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_the_review_fits_a_screen(page: Page, folder: Path, part: str) -> None:
    page.goto(f"{(folder / PAGE).as_uri()}#{part}")
    section = page.locator(f"section[aria-labelledby='{part}']")
    assert PARTS[part] in section.inner_text()
    box = section.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1280
    assert -1 <= box["y"] <= 960
    if PICTURES:
        take(page, part.removesuffix("-tables"))


@pytest.mark.skipif(not PICTURES, reason="the released page is attacked in tests/unit/studies")
def test_the_first_page_as_released(page: Page, found: Review, tmp_path: Path) -> None:
    outcome = publish_review(found, "police-victim", tmp_path / "out")
    assert outcome.passed, outcome.words
    page.goto((tmp_path / "out" / PAGE).as_uri())
    assert "Protected for release" in page.locator("body").inner_text()
    take(page, "brief-released")
