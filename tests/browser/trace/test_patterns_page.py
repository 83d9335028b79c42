"""The page of ``lamplighter trace`` opened as a file, as its reader opens it: no server and no script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader
from typer.testing import CliRunner

from lamplighter.cli.main import app
from tests.browser.steps import WCAG


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a small helpline extract with one pattern that reads as possible stalking."""
    place = tmp_path_factory.mktemp("trace")
    lines = []
    for n in (1, 2, 3):
        reference = f"HC-25-0000{n}"
        client = {
            "party_ref": f"{reference}/1",
            "first_name": "Ann",
            "surname": "Quarle",
            "age_band": "25-34",
        }
        man = {"party_ref": f"{reference}/2", "first_name": "Ned", "surname": "Voss"}
        contact = {
            "contact_ref": reference,
            "contact": {"at": f"2025-0{n}-04T19:55:00", "channel": "phone", "made_by": "client"},
            "client": client | {"phones": ["07131 140011"]},
            "persons_of_concern": [man | {"phones": ["07131 140022"]}],
            "concern": "harassment",
            "story": "He followed her home and waited outside. She told him to stop." + " On and on." * 20,
        }
        lines.append(json.dumps(contact))
    (place / "a-file-with-a-very-long-name-that-has-nowhere-to-break-and-goes-on.jsonl").write_text(
        "\n".join(lines)
    )
    (place / "notes.txt").write_text("from the helpline")
    done = CliRunner().invoke(app, ["trace", str(place), "--out", str(place / "out")])
    assert done.exit_code == 0, done.output
    return place / "out" / "patterns.html"


@pytest.fixture
def page(context: BrowserContext, written: Path) -> Iterator[Page]:
    """A tab in which any request but the file itself is a failure."""
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(written.as_uri())
    yield page
    assert [url for url in asked if not url.startswith("file:")] == []
    assert complaints == []


def test_the_page_reads_by_its_headings_and_axe_finds_nothing(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Patterns in reports")
    headings = page.get_by_role("heading", level=2).all_text_contents()
    assert headings == [
        "Possible stalking",
        "Other repeated matters",
        "What was left out",
        "What must not be concluded",
    ]
    page.get_by_role("link", name="Ann Quarle and Ned Voss").click()
    expect(page.get_by_role("heading", name="1. Ann Quarle and Ned Voss")).to_be_in_viewport()
    page.get_by_text("What was written down").first.click()
    expect(page.get_by_text("waited outside").first).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]}).response["violations"]
    assert [f"{v['id']}: {v['help']}" for v in found] == []


@pytest.mark.parametrize("width", [1280, 375, 320])
def test_nothing_is_wider_than_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_it_prints_on_a4_with_its_marking_on_every_sheet(page: Page, tmp_path: Path) -> None:
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    sheets = PdfReader(tmp_path / "page.pdf").pages
    assert {(round(s.mediabox.width), round(s.mediabox.height)) for s in sheets} == {(595, 842)}
    assert all("Holds personal data" in s.extract_text() for s in sheets)
