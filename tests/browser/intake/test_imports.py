"""Sending an agency's files, watching them being read, and seeing what came of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from lamplighter.hub.intake import services
from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.patterns import services as patterns
from tests.browser import steps
from tests.integration.intake import making


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "UPLOADS", tmp_path / "uploads")
    return tmp_path / "uploads"


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    path = making.force_a(tmp_path / "force_a_rms_extract.csv", 5)
    path.write_text(path.read_text() + '4A/000099/25,"=HYPERLINK(""http://x"")",few\r\n')
    return path


def when_i_send(page: Page, site: str, path: Path) -> None:
    page.goto(f"{site}/intake/imports/send")
    page.get_by_label("The files", exact=True).set_input_files(path)
    page.get_by_role("button", name="Send and read").click()
    page.wait_for_url("**/intake/imports/*-*")


def when_the_worker_has_read_it() -> None:
    services.run(Delivery.objects.get())


def test_files_are_sent_watched_and_accounted_for(
    page: Page, site: str, extract: Path, uploads: Path
) -> None:
    steps.given_i_am_signed_in(page, site, "coordinator")
    page.goto(f"{site}/intake/imports")
    steps.then_the_page_is_accessible(page)
    page.get_by_role("link", name="Records and matches").click()
    expect(page.get_by_text("Nothing is held yet.")).to_be_visible()
    steps.then_the_page_is_accessible(page)
    page.goto(f"{site}/intake/imports/send")
    steps.then_the_page_is_accessible(page)
    when_i_send(page, site, extract)
    expect(page.get_by_text("wait to be read")).to_be_visible()
    steps.then_the_page_is_accessible(page)
    assert len(list(uploads.rglob("*.csv"))) == 1

    when_the_worker_has_read_it()
    # The page renews itself; nobody pressed anything.
    expect(page.get_by_text("5 new reports")).to_be_visible()
    expect(page.get_by_role("row", name="Rows read")).to_contain_text("11")
    expect(page.get_by_role("row", name="Accepted")).to_contain_text("10")
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)
    assert list(uploads.rglob("*.csv")) == []
    expect(page.get_by_text("the patterns have not been worked out again yet")).to_be_visible()
    patterns.refresh_all()
    page.get_by_role("link", name="Look again").click()
    page.get_by_role("link", name="See records and matches now").click()
    expect(page.get_by_role("row", name="Force A")).to_contain_text("5")
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)

    page.goto(f"{site}/intake/imports")
    steps.then_the_page_is_accessible(page)
    expect(page.get_by_role("row").nth(1)).to_contain_text("Done")


def test_rejects_are_downloaded_and_nothing_in_them_runs(page: Page, site: str, extract: Path) -> None:
    steps.given_i_am_signed_in(page, site, "coordinator")
    when_i_send(page, site, extract)
    when_the_worker_has_read_it()
    page.reload()
    with page.expect_download() as started:
        page.get_by_role("link", name="Download every rejected row").click()
    text = Path(started.value.path()).read_text("utf-8-sig")
    assert text.splitlines()[0] == "file,row,column,value_class,reason,remedy,severity,report_ref"
    assert ",reject," in text
    assert not any(
        cell.startswith(("=", "+", "-", "@")) for line in text.splitlines() for cell in line.split(",")
    )


def test_the_same_files_again_change_nothing(page: Page, site: str, extract: Path) -> None:
    steps.given_i_am_signed_in(page, site, "coordinator")
    services.import_files([extract], "force_a_rms")
    when_i_send(page, site, extract)
    expect(page.get_by_text("These same files were received before. Nothing was changed.")).to_be_visible()


def test_a_form_without_files_says_so(page: Page, site: str) -> None:
    steps.given_i_am_signed_in(page, site, "coordinator")
    page.goto(f"{site}/intake/imports/send")
    page.get_by_role("button", name="Send and read").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the file or files to send")
    steps.then_the_page_is_accessible(page)


class TestWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, object]) -> dict[str, object]:
        return browser_context_args | {"java_script_enabled": False}

    def test_looking_again_shows_how_far_it_is(self, page: Page, site: str, extract: Path) -> None:
        steps.given_i_am_signed_in(page, site, "coordinator")
        when_i_send(page, site, extract)
        when_the_worker_has_read_it()
        page.get_by_role("link", name="Look again").click()
        expect(page.get_by_text("5 new reports")).to_be_visible()
