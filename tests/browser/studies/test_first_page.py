"""The first page of a force without earlier allegations and of one with all, read against its tables."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page

from lamplighter.reporting.folder import PAGE
from lamplighter.studies.review.engine import review
from lamplighter.studies.review.indicators.lines import lines
from lamplighter.studies.review.publication.report_folder import write_review
from lamplighter.studies.review.settings import settings
from lamplighter.study_bundle import checking
from lamplighter.study_bundle.files.data_package import write
from lamplighter.synthetic.study_bundles.bundle import make
from tests.browser.shows.pictures import COLOURS, FOLDER

PICTURES = os.environ.get("LAMPLIGHTER_PICTURES") == "1"
FORCES = ("holds-all", "no-earlier-allegations")
WIDTHS = (1280, 375)
#: Two hundred words a minute for five minutes; a picture is looked at and not read.
MOST_WORDS = 800


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("first")
    made = make("london", place / "bundle", reports=600)
    whole = checking.check(made.bundle.parent).required()
    frames = {name: frame for name, frame in whole.tables.items() if frame.height}
    write(whole.metadata, frames | {"reports": frames["reports"].drop("prior_allegations")}, place / "less")
    # The first page has nothing of the models.
    choices = replace(settings(), predictors=(), landmark_predictors=(), bootstrap_repeats=5)
    for name, folder in zip(FORCES, ("bundle", "less"), strict=True):
        checked = checking.check(place / folder)
        write_review(review(checked.required(), choices, rejects=checked.rejects), place / name)
    return {name: place / name for name in FORCES}


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def table(folder: Path, key: str) -> dict[str, dict[str, str]]:
    """A table of the report as CSV, its rows by their first cell."""
    with (folder / "tables" / f"{key}.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    head = next(place for place, row in enumerate(rows) if "Share" in row or "By" in row[:1])
    return {row[0]: dict(zip(rows[head], row, strict=False)) for row in rows[head + 1 :] if row}


def indicators(folder: Path) -> dict[str, dict[str, str]]:
    every: dict[str, dict[str, str]] = {}
    for path in sorted((folder / "tables").glob("indicators-*.csv")):
        every |= table(folder, path.stem)
    return every


def shown(page: Page) -> str:
    """The words of the first page without those of its pictures."""
    return str(
        page.evaluate(
            "() => { const own = document.getElementById('five').cloneNode(true);"
            "own.querySelectorAll('svg').forEach(s => s.remove());"
            "own.querySelectorAll('li, p, dd, dt, h2, h3, span').forEach(e => e.append('\\n'));"
            "return own.textContent; }"
        )
    ).replace("\u2009", "")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("force", FORCES)
def test_every_sentence_of_the_first_page_is_in_the_cells(
    page: Page, folders: dict[str, Path], force: str, width: int
) -> None:
    folder = folders[force]
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((folder / PAGE).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    words = shown(page)
    assert len(words.split()) <= MOST_WORDS
    assert page.locator("#five figure svg").count() == 3
    told = [" ".join(line.split()) for line in words.splitlines() if line.strip()]
    values = page.locator("ul.key .value").all_inner_texts()
    assert len(values) == 6

    ended, lines_of = table(folder, "how-reports-ended"), indicators(folder)
    first = lines_of["1"]
    expected = [
        f"{float(ended[title]['Share']):.1f}%"
        for title in ("Victim withdrew", "No further action", "Charged")
    ]
    expected.append(f"{100 * int(first['Not met']) / int(first['Of']):.1f}%")
    if force == "holds-all":
        before = table(folder, "earlier-allegations-and-offences")
        own = before["Suspects with earlier stalking or harassment allegations"]
        expected.append(f"{float(own['Share']):.1f}%")
        assert "Not held" not in words
    else:
        expected.append("Not held")
        assert (
            "Not held by this force. Ask for: each report: earlier allegations against the suspect." in told
        )
        assert "London 2024: 3 in 10" not in words
    expected.append(f"{float(lines_of['16a']['Share']):.1f}%")
    assert values == expected

    still = table(folder, "outcomes-of-recorded")["No outcome yet (open)"]["Share"]
    risk = table(folder, "risk-by-day")
    week, half_year = (risk[f"Day {day}"]["Victim withdrew"].split(" ")[0] for day in (7, 180))
    sentences = [
        f"{float(still):.1f}% of all reports had no outcome yet by the extract: these shares can still rise.",
        f"How soon: of all reports, the victim had withdrawn in {week} by day 7 and in {half_year} by day "
        "180.",
    ]
    wanted = {f"{line.number}{line.part}": line for line in lines(settings()) if line.good == "met"}
    least = sorted(
        (float(row["Share"]), name)
        for name, row in lines_of.items()
        if name in wanted and int(row["Of"]) >= 50
    )[:3]
    for share, name in least:
        row, line = lines_of[name], wanted[name]
        silent = 100 * int(row["Not recorded"]) / int(row["Of"])
        unsaid = f" (nothing is recorded for {silent:.1f}%)" if silent else ""
        sentences.append(
            f"On record as done least often: {line.numerator}, {share:.1f}% of {line.denominator}{unsaid}."
        )
    for sentence in sentences:
        assert sentence in told, sentence
    # No figure stands on the page that was not held against a cell, but for the widest gap and London's.
    cells = "\n".join(path.read_text("utf-8") for path in (folder / "tables").glob("*.csv"))
    for number in re.findall(r"\d+\.\d(?=%)", words):
        assert number in cells or f"{number}%" in " ".join((*sentences, *expected)), number
    if PICTURES:
        FOLDER.mkdir(parents=True, exist_ok=True)
        path = FOLDER / f"review-first-page-{force}-{width}.png"
        page.screenshot(path=path, full_page=True)
        with Image.open(path) as taken:
            taken.convert("RGB").quantize(COLOURS).save(path, optimize=True)
