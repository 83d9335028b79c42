"""What is exported is FHIR: a validator reads it, and each state of an answer is told apart."""

from __future__ import annotations

import datetime as dt
import json
import tomllib

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from hypothesis import HealthCheck, given, settings
from pydantic import ValidationError

from lamplighter.instruments import fhir
from lamplighter.instruments.answers import Answer, State
from lamplighter.instruments.definition import Definition
from lamplighter.instruments.loading import definition, shipped_texts
from lamplighter.instruments.path import walk
from tests.unit.instruments.making import answered

DAY = dt.date(2026, 5, 3)
AT = dt.datetime(2026, 5, 3, 12, tzinfo=dt.UTC)
FOUR = definition(tomllib.loads(shipped_texts()["four/1.toml"]))
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)


def links(items: list[dict[str, object]]) -> list[str]:
    found = []
    for item in items:
        found.append(str(item["linkId"]))
        found += links(item.get("item", []))  # type: ignore[arg-type]  # a list of items
    return found


@pytest.mark.parametrize("name", sorted(shipped_texts()))
def test_every_shipped_instrument_is_a_questionnaire(name: str) -> None:
    made = definition(tomllib.loads(shipped_texts()[name]))
    told = fhir.questionnaire(made, DAY)
    Questionnaire.model_validate_json(json.dumps(told))
    there = links(told["item"])
    assert len(there) == len(set(there))
    assert {item.code for item in made.items} <= set(there)


@unhurried
@given(answered())
def test_random_instruments_and_answers_are_read_by_the_validator(
    found: tuple[Definition, dict[str, Answer]],
) -> None:
    made, answers = found
    path = walk(made, answers)
    Questionnaire.model_validate_json(json.dumps(fhir.questionnaire(made, DAY)))
    told = fhir.response(made, path, answers, identifier="r", authored=AT)
    QuestionnaireResponse.model_validate_json(json.dumps(told))
    assert {link for link in links(told["item"]) if "." not in link} == set(path.codes) & set(answers)


def test_the_validator_refuses_what_is_wrong() -> None:
    told = fhir.questionnaire(FOUR, DAY)
    told["status"] = ["active"]
    with pytest.raises(ValidationError):
        Questionnaire.model_validate_json(json.dumps(told))


def test_each_state_is_told_apart() -> None:
    answers = {
        "fixated": Answer(State.NO),
        "obsessive": Answer(State.PARTLY, words="At night", cites=("k1",)),
    }
    answers |= {"unwanted": Answer(State.NOT_KNOWN), "repeated": Answer(State.NOT_ASKED)}
    answers |= {"fear": Answer(State.DECLINED), "acts": Answer(State.DOES_NOT_APPLY)}
    answers |= {"first_act": Answer(State.GIVEN, DAY)}
    told = fhir.response(
        FOUR, walk(FOUR, answers), answers, identifier="r", authored=AT, incidents={"k1": "A call"}
    )
    QuestionnaireResponse.model_validate_json(json.dumps(told))
    said = {item["linkId"]: item["answer"][0] for page in told["item"] for item in page["item"]}
    assert said["fixated"]["valueCoding"]["code"] == "no"
    assert said["obsessive"]["valueCoding"]["code"] == "partly"
    below = [(one["linkId"], one["answer"][0]["valueString"]) for one in said["obsessive"]["item"]]
    assert below == [("obsessive.words", "At night"), ("obsessive.incidents", "A call")]
    reasons = {code: one["extension"][0]["valueCode"] for code, one in said.items() if "extension" in one}
    assert reasons == {
        "unwanted": "unknown",
        "repeated": "not-asked",
        "fear": "asked-declined",
        "acts": "not-applicable",
    }
    assert said["first_act"]["valueDate"] == "2026-05-03"


def test_a_rule_that_fhir_cannot_say_is_said_in_words_and_not_dropped() -> None:
    told = fhir.questionnaire(FOUR, DAY)
    items = {item["linkId"]: item for page in told["item"] for item in page["item"]}
    asked = items["threats_to_children"]
    assert "enableWhen" not in asked
    assert asked["extension"][0]["valueString"].endswith(
        "is yes or partly or “Were victim and suspect ever partners?” is not known"
    )
    plain = tomllib.loads(shipped_texts()["four/1.toml"])
    plain["section"][4]["when"] = {"in": ["prior_intimate", ["yes", "partly"]]}
    told = fhir.questionnaire(definition(plain), DAY)
    items = {item["linkId"]: item for page in told["item"] for item in page["item"]}
    assert items["threats_to_children"]["enableBehavior"] == "any"
    assert [one["answerCoding"]["code"] for one in items["threats_to_children"]["enableWhen"]] == [
        "yes",
        "partly",
    ]


def test_whether_it_may_still_be_begun() -> None:
    assert fhir.questionnaire(FOUR, DAY)["status"] == "active"
    assert fhir.questionnaire(FOUR, dt.date(2025, 12, 31))["status"] == "retired"
