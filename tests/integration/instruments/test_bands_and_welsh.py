"""A score of a screening on a case, with its band and source; the questions in Welsh; and as a workbook."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.instruments import selectors, services
from lamplighter.hub.site.config_files import reading
from lamplighter.instruments.answers import Answer, State
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.configuration import files

pytestmark = pytest.mark.django_db
SCREEN = """
code = "screen"
title = "A short screening"
version = "1"
from = 2026-01-01
licence = "open"
holder = "Nobody"
about = "For tests"
kind = "screen"
use = "case"
about_whom = "victim"
side = "shared"
roles = ["investigator"]

[score]
method = "sum"
minimum = 0
maximum = 4
most_missing = 1
higher_means = "more of it"

[[band]]
code = "some"
title = "Some"
least = 3.0
source = "The manual, page 4"

[[section]]
code = "page"
title = "The page"
title_cy = "Y dudalen"

[[item]]
code = "q1"
section = "page"
type = "scale"
text = "How much?"
text_cy = "Faint?"

[[item]]
code = "q2"
section = "page"
type = "scale"
text = "How often?"
text_cy = "Pa mor aml?"

[upkeep]
author = "Somebody"
checker = "Somebody else"
next_review = 2027-05-28

[[upkeep.change]]
on = 2026-11-30
by = "Somebody"
what = "Written"
"""


@pytest.fixture
def by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr(
        reading, "_running", reading.Reading(files.write(tmp_path, instruments__screen__1=SCREEN))
    )
    return making.somebody(Role.INVESTIGATOR)


@pytest.fixture
def case(by: User) -> Case:
    with identity.as_person(by):
        return making.a_case(by)


def submitted(by: User, case: Case, *answers: int | None) -> str:
    """The page of a screening with these answers, once it is submitted."""
    with identity.as_person(by):
        sheet = services.begin(by, case, "screen")
        given = {
            f"q{number}": Answer(State.NOT_KNOWN) if answer is None else Answer(State.GIVEN, answer)
            for number, answer in enumerate(answers, 1)
        }
        services.answer_page(by, case, sheet.key, "page", given)
        services.submit(by, case, sheet.key)
        assert selectors.one(case, sheet.key).is_submitted
    address = f"/cases/{case.key}/instruments/{sheet.key}"
    return telling.browser(by).get(address, secure=True).content.decode()


@pytest.mark.parametrize(
    ("answers", "said", "band"),
    [
        ((1, 2), "3, of 0 to 8.", "Some: from 3 points. Source: The manual, page 4."),
        ((1, 1), "2, of 0 to 8.", ""),
        ((2, None), "4, of 0 to 8, 1 question left open.", "Some: from 3 points."),
        ((None, None), "No score: 2 questions left open.", ""),
    ],
)
def test_a_score_is_shown_with_its_band_and_source_and_what_was_left_open(
    by: User, case: Case, answers: tuple[int | None, ...], said: str, band: str
) -> None:
    page = submitted(by, case, *answers)
    assert said in page
    assert ("Some: from" in page) == bool(band)
    assert band in page
    assert "It is no judgement of danger, and no level of risk follows from it." in page


def test_the_questions_stand_in_welsh_beside_the_english_marked_as_welsh(by: User, case: Case) -> None:
    with identity.as_person(by):
        sheet = services.begin(by, case, "screen")
    address = f"/cases/{case.key}/instruments/{sheet.key}/pages/page"
    page = telling.browser(by).get(address, secure=True).content.decode()
    for words in ("Y dudalen", "Faint?", "Pa mor aml?"):
        before = page.partition(words)[0]
        assert before.rfind('lang="cy"') > before.rfind("</details>")
    assert "How much?" in page


def test_an_open_instrument_is_a_workbook_for_review_and_a_licensed_one_is_not(by: User, case: Case) -> None:
    client = telling.browser(by)
    begin = client.get(f"/cases/{case.key}/instruments/begin/screen", secure=True).content.decode()
    assert "/instruments/screen/1/questions.xlsx" in begin
    given = client.get("/instruments/screen/1/questions.xlsx", secure=True)
    book = openpyxl.load_workbook(io.BytesIO(given.content))
    told = [row[2] for row in book["screen 1"].iter_rows(values_only=True) if len(row) > 2]
    assert {"How much?", "How often?"} <= set(told)
    assert given["Content-Disposition"] == 'attachment; filename="screen-1.xlsx"'
    assert client.get("/instruments/srp/name-only/questions.xlsx", secure=True).status_code == 404
    assert client.get("/instruments/screen/2/questions.xlsx", secure=True).status_code == 404
    analyst = telling.browser(making.somebody(Role.ANALYST, "hub"))
    assert analyst.get("/instruments/screen/1/questions.xlsx", secure=True).status_code == 403
    clinician = telling.browser(making.somebody(Role.CLINICIAN, "health"))
    assert clinician.get("/instruments/screen/1/questions.xlsx", secure=True).status_code == 200
