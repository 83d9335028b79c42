"""The pages, as they are sent: by each side of the wall, with what is wrong, and the downloads."""

from __future__ import annotations

import json
import re

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.instruments import selectors, services
from lamplighter.instruments.answers import Answer, State
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.instruments import filling

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> User:
    return making.somebody(Role.INVESTIGATOR)


@pytest.fixture
def case(by: User) -> Case:
    with identity.as_person(by):
        return making.a_case(by, "helpline", "health")


def test_a_page_is_answered_and_what_is_wrong_loses_nothing(by: User, case: Case) -> None:
    client = telling.browser(by)
    key = filling.an_incident(by, case)
    home = f"/cases/{case.key}/instruments"
    answer = client.post(f"{home}/begin/four", {}, secure=True)
    sheet = answer.headers["Location"]
    body = client.get(sheet, secure=True).content.decode()
    assert "Not started" in body
    assert "Waits for an earlier page" in body
    # Words without an answer: said, and still there.
    sent = {"fear__words": "She has moved her bed", "fixated": "partly", "fixated__cites": [key]}
    answer = client.post(f"{sheet}/pages/four", sent, secure=True)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose an answer to go with your words or incidents" in body
    assert "She has moved her bed" in body
    assert re.search(r'value="partly"[^>]*checked', body)
    answer = client.post(f"{sheet}/pages/four", sent | {"fear": "yes"}, secure=True)
    assert answer.headers["Location"].endswith("/pages/acts")
    # Both an answer and why there is none; and two reasons at once.
    acts = {"acts": ["following", "not_known"], "first_act__open": "declined"}
    acts |= {"first_act_day": "1", "first_act_month": "5", "first_act_year": "2026"}
    body = client.post(f"{sheet}/pages/acts", acts, secure=True).content.decode()
    assert "Choose answers, or one reason why there is none" in body
    assert "Give an answer, or say why there is none: not both" in body
    with identity.as_person(by):
        found = selectors.sheets(case)[0]
        assert found.answers["fixated"] == Answer(State.PARTLY, cites=(key,))
        assert found.answers["fear"] == Answer(State.YES, words="She has moved her bed")
        assert "acts" not in found.answers
    body = client.get(sheet, secure=True).content.decode()
    assert "3 questions left" in body
    answer = client.post(f"{sheet}/submit", {}, secure=True)
    assert answer.status_code == 422
    assert "Something is missing" in answer.content.decode()


def test_a_draft_is_on_nobody_elses_page(by: User, case: Case) -> None:
    with identity.as_person(by):
        sheet = services.begin(by, case, "four")
        services.answer_page(by, case, sheet.key, "four", {"fear": Answer(State.YES, words="Her diary")})
    home = f"/cases/{case.key}/instruments"
    other = telling.browser(making.somebody(Role.ADVOCATE, "helpline"))
    body = other.get(home, secure=True).content.decode()
    assert "Others’ drafts" in body
    assert str(sheet.key) not in body
    for page in ("", "/pages/four", "/submit", "/set-aside"):
        assert other.get(f"{home}/{sheet.key}{page}", secure=True).status_code == 404, page
    own = telling.browser(by)
    assert own.get(f"{home}/{sheet.key}", secure=True).status_code == 200


def test_who_is_not_on_the_case_finds_nothing(by: User, case: Case) -> None:
    sheet = filling.submitted(by, case)
    outside = telling.browser(making.somebody(Role.INVESTIGATOR, "force-b"))
    home = f"/cases/{case.key}/instruments"
    for page in ("", f"/{sheet.key}", f"/{sheet.key}/response.json", f"/{sheet.key}/questionnaire.json"):
        assert outside.get(home + page, secure=True).status_code == 404, page


def test_what_is_submitted_is_read_by_everybody_on_the_case_in_words(by: User, case: Case) -> None:
    sheet = filling.submitted(by, case, threats=State.NOT_ASKED)
    for role, agency in ((Role.ADVOCATE, "helpline"), (Role.CLINICIAN, "health"), (Role.COORDINATOR, "hub")):
        client = telling.browser(making.somebody(role, agency))
        body = client.get(f"/cases/{case.key}/instruments/{sheet.key}", secure=True).content.decode()
        assert "Waited outside her work" in body
        assert "<strong>Not asked</strong>" in body
        assert "PC Reed asks the employer by Friday" in body
        assert "was not in date" in body
        assert "Check and submit" not in body


def test_the_downloads_are_fhir_and_name_nobody(by: User, case: Case) -> None:
    sheet = filling.submitted(by, case)
    client = telling.browser(by)
    home = f"/cases/{case.key}/instruments/{sheet.key}"
    found = client.get(f"{home}/response.json", secure=True)
    QuestionnaireResponse.model_validate_json(found.content)
    assert found.headers["Content-Disposition"] == 'attachment; filename="response.json"'
    told = json.loads(found.content)
    assert "subject" not in told
    assert by.display_name not in found.content.decode()
    questions = client.get(f"{home}/questionnaire.json", secure=True)
    Questionnaire.model_validate_json(questions.content)
    assert told["questionnaire"] == "https://lamplighter.example/fhir/Questionnaire/four|1"
    with identity.as_person(by):
        draft = services.begin(by, case, "four")
    for name in ("response", "questionnaire"):
        assert (
            client.get(f"/cases/{case.key}/instruments/{draft.key}/{name}.json", secure=True).status_code
            == 404
        )


def test_the_history_leads_to_it(by: User, case: Case) -> None:
    filling.submitted(by, case)
    client = telling.browser(by)
    body = client.get(f"/cases/{case.key}/history", secure=True).content.decode()
    assert "Instrument submitted: FOUR" in body


def test_fewest_questions_are_asked_of_the_database_whatever_there_is(
    by: User, case: Case, django_assert_max_num_queries: object
) -> None:
    client = telling.browser(by)
    client.get(f"/cases/{case.key}/instruments", secure=True)
    filling.submitted(by, case)
    with django_assert_max_num_queries(60):  # type: ignore[operator]  # pytest-django's fixture
        client.get(f"/cases/{case.key}/instruments", secure=True)
