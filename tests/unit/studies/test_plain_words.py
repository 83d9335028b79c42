"""A reader of the report never meets the name of a column, a table or a code."""

import html
import re

import pytest

from lamplighter.reporting.document import Table
from lamplighter.reporting.html_page import html_page
from lamplighter.studies.review.engine import Review, review
from lamplighter.studies.review.publication.report import report_of
from lamplighter.studies.review.results import Everything
from lamplighter.studies.review.settings import settings
from lamplighter.study_bundle.bundle import StudyBundle
from tests.unit.studies.making import bundle, random_bundle, report
from tests.unit.studies.test_review_analyses import totals_bundle

CODE = re.compile(r"\b\w+_\w+\b|\bevents:\S+|`")


def bare() -> StudyBundle:
    """A force that holds ten reports and nothing about them."""
    return bundle({"reports": [report(n) for n in range(10)]}, event_kinds=(), publications=())


@pytest.fixture(scope="module", params=[totals_bundle, bare, lambda: random_bundle(120, 3)])
def found(request: pytest.FixtureRequest) -> Review:
    return review(request.param())


def test_no_name_of_a_column_or_code_is_on_the_page(found: Review) -> None:
    page = html_page(report_of(found, Everything(found.found)))
    body = re.sub(r"<(style|script)\b.*?</\1>", "", page[page.index("<body") :], flags=re.DOTALL)
    words = html.unescape(re.sub(r"<[^>]+>", "\n", body))
    assert CODE.findall(words) == []


def test_what_is_missing_is_said_for_every_question_that_is_not_answered(found: Review) -> None:
    tables = {t.key: t for t in report_of(found, Everything(found.found)).tables()}
    told = len(found.found.not_answered)
    table: Table | None = tables.get("not-answered")
    assert (len(table.rows) if table else 0) == told
    for row in table.rows if table else ():
        assert all(row), row


def test_every_limit_has_a_title_and_a_length() -> None:
    choices = settings()
    assert set(choices.window_titles) == set(choices.windows)
    for title, long in choices.limits:
        assert title[:1].isupper()
        assert re.fullmatch(r"\d+ (hours|days|working days|months)", long), title


def test_totals_alone_name_no_method_and_no_limit_that_was_not_used() -> None:
    made = review(totals_bundle())
    tables = {t.key: t for t in report_of(made, Everything(made.found)).tables()}
    assert [row[0] for row in tables["methods"].rows] == ["Shares"]
    assert "windows" not in tables
