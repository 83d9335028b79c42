"""Publishing a review: what leaves is drawn from protected values, and a number that is not is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lamplighter.disclosure.attack.texts import numbers
from lamplighter.reporting.html_page import html_page
from lamplighter.studies.review.derived_figures import FILE, as_file, note, written_down
from lamplighter.studies.review.engine import Review, review
from lamplighter.studies.review.publication import publishing
from lamplighter.studies.review.publication.publishing import Blank, numbers_of_words, publish_review
from lamplighter.studies.review.publication.report import report_of
from lamplighter.study_bundle import checking
from lamplighter.synthetic.study_bundles.bundle import make
from tests.unit.studies.making import random_bundle


@pytest.fixture(scope="module")
def found() -> Review:
    return review(random_bundle(250, 3))


@pytest.mark.parametrize("seed", [4, 5])
def test_with_every_figure_hidden_the_page_is_the_same_whatever_the_data(found: Review, seed: int) -> None:
    other = review(random_bundle(250, seed))
    assert numbers_of_words(found) == numbers_of_words(other)


def test_a_figure_that_goes_round_the_protection_is_among_the_differences(
    found: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = numbers_of_words(found)
    monkeypatch.setattr(publishing, "report_of", lambda r, s: _with_a_leak(r, s))
    assert 24_681.0 in set(numbers_of_words(found)) - set(clean)


def _with_a_leak(found: Review, shown: Blank) -> object:
    from dataclasses import replace

    report = report_of(found, shown)
    return replace(report, warnings=(*report.warnings, "There were 24681 of them."))


def test_what_leaves_withstood_and_holds_no_small_number(found: Review, tmp_path: Path) -> None:
    outcome = publish_review(found, "police-victim", tmp_path / "out", tmp_path / "ledger", "first")
    assert outcome.passed, outcome.words
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "Protected for release" in page
    assert "[c]" in page
    with pytest.raises(Exception, match="this edition already"):
        publish_review(found, "police-victim", tmp_path / "again", tmp_path / "ledger", "first")


def test_a_curve_with_a_step_on_the_very_day_goes_into_the_ledger_and_comes_out(tmp_path: Path) -> None:
    """Many withdraw on day 0: its start and its first step have the same day. Found on London."""
    made = make("london", tmp_path / "bundle", reports=900)
    london = review(checking.check(made.bundle.parent).required())
    for edition in ("first", "second"):
        out = tmp_path / edition
        outcome = publish_review(london, "police-victim", out, tmp_path / "ledger", edition)
        assert outcome.passed, outcome.words
    rows = (tmp_path / "first" / "time-to-withdrawal.csv").read_text("utf-8").splitlines()
    assert [row.split(",")[0] for row in rows[1:3]] == ["0", "0"]


def test_thousands_are_one_number_to_the_attack(tmp_path: Path) -> None:
    """Found on London: '2\u2009750' was read as a 2 and a 750, which is in no table."""
    assert [value for value, _ in numbers("2\u2009750 of 10\u2009000 (27.5%)")] == [2750.0, 10_000.0, 27.5]


def test_a_raw_number_in_the_page_blocks_the_release(
    found: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = numbers_of_words(found)
    monkeypatch.setattr(publishing, "numbers_of_words", lambda _: words)
    monkeypatch.setattr(publishing, "report_of", _with_a_leak)
    outcome = publish_review(found, "police-victim", tmp_path / "out")
    assert not outcome.passed
    assert "report.html" in outcome.words
    assert not (tmp_path / "out").exists()


def test_derived_figures_are_kept_in_a_fixed_order_sums_first() -> None:
    note("share", (50.0,), (1, 2))
    with written_down() as entries:
        note("share", (50.0,), (15, 30))
        note("sum", (30.0,), (15, 15))
        note("share", (50.0,), (15, 30))
    kinds = [row["kind"] for row in json.loads(as_file(entries))["derived"]]
    assert kinds == ["sum", "share"]
    assert FILE.endswith(".json")


def test_the_internal_page_shows_what_the_blank_one_hides(found: Review) -> None:
    from lamplighter.studies.review.results import Everything

    assert html_page(report_of(found, Everything(found.found))) != html_page(report_of(found, Blank()))
