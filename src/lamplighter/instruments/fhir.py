"""Questionnaire and QuestionnaireResponse of FHIR R4, for systems that read those. Nothing is read from them.

``linkId`` is the code of an item; its words and the incidents it rests on are items below it. A rule that
FHIR has no words for is left out of ``enableWhen`` and stands in an extension, in ours. Answers that are left
open are answers without a value and with a reason why. Neither file names anybody: not the person assessed,
nor who answered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from lamplighter.instruments.answers import TITLES, Answer, Answers, State
from lamplighter.instruments.completing import words_of
from lamplighter.instruments.definition import DEFINITE, OF_STATES, Definition, Item, Type
from lamplighter.instruments.path import Path
from lamplighter.instruments.rules import Rule, both

Resource: TypeAlias = dict[str, Any]
HOME = "https://lamplighter.example/fhir"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
RULE = f"{HOME}/StructureDefinition/asked-when"
STATES = f"{HOME}/CodeSystem/answer-state"
REASONS = {
    State.NOT_KNOWN: "unknown",
    State.NOT_ASKED: "not-asked",
    State.DECLINED: "asked-declined",
    State.DOES_NOT_APPLY: "not-applicable",
}
TYPES = {
    Type.NUMBER: "integer",
    Type.SCALE: "integer",
    Type.DATE: "date",
    Type.WORDS: "text",
}


def url(definition: Definition) -> str:
    """Return what other systems call a version by."""
    return f"{HOME}/Questionnaire/{definition.code}|{definition.version}"


def questionnaire(definition: Definition, on: dt.date) -> Resource:
    """Return an instrument as FHIR has it; ``on`` says whether it may be begun."""
    period = {"start": definition.valid_from.isoformat()}
    if definition.valid_until:
        period["end"] = (definition.valid_until - dt.timedelta(days=1)).isoformat()
    return {
        "resourceType": "Questionnaire",
        "url": url(definition).partition("|")[0],
        "version": definition.version,
        "name": definition.code.replace("-", "_"),
        "title": definition.title,
        "status": "active" if definition.in_force(on) else "retired",
        "date": definition.valid_from.isoformat(),
        "publisher": definition.holder,
        "description": definition.about,
        "copyright": definition.terms or f"{definition.licence}: {definition.holder}",
        "effectivePeriod": period,
        "item": [
            {
                "linkId": f"page.{section.code}",
                "text": section.title,
                "type": "group",
                "item": [_item(definition, item) for item in definition.within(section.code)],
            }
            for section in definition.sections
        ],
    }


def _item(definition: Definition, item: Item) -> Resource:
    section = next(one for one in definition.sections if one.code == item.section)
    made: Resource = {"linkId": item.code, "text": item.text, "type": TYPES.get(item.type, "choice")}
    if item.type is Type.SEVERAL:
        made["repeats"] = True
    if item.type not in TYPES:
        made["answerOption"] = [{"valueCoding": coding} for coding in _codings(definition, item)]
    if item.type is Type.SCALE and definition.scale:
        low, high = definition.scale.minimum, definition.scale.maximum
        made["answerOption"] = [{"valueInteger": number} for number in range(low, high + 1)]
    rule = both(section.when, item.when)
    if rule is not None:
        if enabled := _enable_when(definition, rule):
            made |= enabled
        else:
            made["extension"] = [{"url": RULE, "valueString": words_of(definition, rule)}]
    below: list[Resource] = [{"linkId": f"{item.code}.words", "text": "In words", "type": "text"}]
    if item.evidence:
        cites = {"linkId": f"{item.code}.incidents", "text": "Incidents", "type": "string", "repeats": True}
        below.append(cites)
    return {**made, "item": below}


def _codings(definition: Definition, item: Item) -> list[Resource]:
    if item.type in OF_STATES:
        return [_state(state) for state in DEFINITE[item.type]]
    system = f"{url(definition).partition('|')[0]}/{item.code}"
    return [{"system": system, "code": one.code, "display": one.text} for one in item.options]


def _state(state: State) -> Resource:
    return {"system": STATES, "code": str(state), "display": TITLES[state]}


# Rules that FHIR has words for: one comparison, or all or any of several -----------------------------------

OPERATORS = {"is": "=", "any_of": "=", "less": "<", "more": ">", "before": "<", "after": ">"}


def _enable_when(definition: Definition, rule: Rule) -> Resource:
    """Return ``enableWhen``; nothing where a rule says more than FHIR can."""
    several = rule.inside if rule.operator in {"all", "any"} else (rule,)
    made: list[Resource] = []
    for one in several:
        found = _comparisons(definition, one)
        # Any of several answers to one question is "any", and cannot stand within "all".
        if not found or (len(found) > 1 and rule.operator == "all" and len(several) > 1):
            return {}
        made += found
    if len(made) == 1:
        return {"enableWhen": made}
    any_ = rule.operator != "all" or len(several) == 1
    return {"enableWhen": made, "enableBehavior": "any" if any_ else "all"}


def _comparisons(definition: Definition, rule: Rule) -> list[Resource]:
    item = definition.by_code.get(rule.item)
    if item is None or rule.operator not in {*OPERATORS, "in"}:
        return []
    if rule.operator in OPERATORS and item.type in TYPES:
        value = rule.values[0]
        is_day = isinstance(value, dt.date)
        told = {"answerDate": value.isoformat()} if is_day else {"answerInteger": value}
        return [{"question": item.code, "operator": OPERATORS[rule.operator], **told}]
    codings = {one["code"]: one for one in _codings(definition, item)}
    if not set(rule.values) <= set(codings):
        return []
    return [{"question": item.code, "operator": "=", "answerCoding": codings[v]} for v in rule.values]


# Responses -------------------------------------------------------------------------------------------------


def response(
    definition: Definition,
    path: Path,
    answers: Answers,
    *,
    identifier: str,
    authored: dt.datetime,
    incidents: Mapping[str, str] | None = None,
) -> Resource:
    """Return submitted answers, of what was asked alone. ``incidents``: what each cited key is called."""
    return {
        "resourceType": "QuestionnaireResponse",
        "identifier": {"system": f"{HOME}/response", "value": identifier},
        "questionnaire": url(definition),
        "status": "completed",
        "authored": authored.isoformat(timespec="seconds"),
        "item": [
            {
                "linkId": f"page.{page.section.code}",
                "text": page.section.title,
                "item": [
                    _answered(definition, item, answers[item.code], incidents or {})
                    for item in page.items
                    if item.code in answers
                ],
            }
            for page in path.pages
            if any(item.code in answers for item in page.items)
        ],
    }


def _answered(definition: Definition, item: Item, answer: Answer, incidents: Mapping[str, str]) -> Resource:
    below: list[Resource] = []
    if answer.words:
        words = [{"valueString": answer.words}]
        below.append({"linkId": f"{item.code}.words", "text": "In words", "answer": words})
    if answer.cites:
        cited = [{"valueString": incidents.get(key, key)} for key in answer.cites]
        below.append({"linkId": f"{item.code}.incidents", "text": "Incidents", "answer": cited})
    told = _values(definition, item, answer)
    if below:
        told[0]["item"] = below
    return {"linkId": item.code, "text": item.text, "answer": told}


def _values(definition: Definition, item: Item, answer: Answer) -> list[Resource]:
    if answer.state in REASONS:
        return [{"extension": [{"url": ABSENT, "valueCode": REASONS[answer.state]}]}]
    if answer.state is not State.GIVEN:
        return [{"valueCoding": _state(answer.state)}]
    value = answer.value
    if isinstance(value, dt.date):
        return [{"valueDate": value.isoformat()}]
    if isinstance(value, int):
        return [{"valueInteger": value}]
    if not item.options:
        return [{"valueString": str(value)}]
    chosen: Sequence[str] = value if isinstance(value, tuple) else (str(value),)
    codings = {one["code"]: one for one in _codings(definition, item)}
    return [{"valueCoding": codings.get(code, {"code": code})} for code in chosen]
