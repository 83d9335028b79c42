"""Find what is missing before answers can be submitted, question by question, in words for people."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lamplighter.instruments.answers import Answer, Answers, State
from lamplighter.instruments.definition import DEFINITE, Definition, Item, Type
from lamplighter.instruments.path import Path
from lamplighter.instruments.rules import Rule, in_words

# An answer of these rests on something that happened, where the item asks for evidence.
RESTS = (State.YES, State.PARTLY, State.GIVEN)


@dataclass(frozen=True, slots=True)
class Lacking:
    """Something that an answer lacks. ``part``: the answer, its words, or its incidents (``cites``)."""

    item: Item
    part: str
    what: str


def lacking(item: Item, answer: Answer | None) -> list[Lacking]:
    """Return what keeps the answer to one question from being complete."""
    if answer is None:
        return [] if item.optional else [Lacking(item, "answer", "Choose an answer")]
    if wrong := unfit(item, answer):
        return [Lacking(item, "answer", wrong)]
    found = []
    if needs_words(item, answer) and not answer.words.strip():
        found.append(Lacking(item, "words", "Say why in words"))
    if item.evidence and answer.state in RESTS and not answer.cites:
        found.append(Lacking(item, "cites", "Choose at least one incident that shows it"))
    return found


def all_lacking(path: Path, answers: Answers) -> list[Lacking]:
    """Return everything that is missing on a path; nothing where it can be submitted."""
    return [one for item in path.items for one in lacking(item, answers.get(item.code))]


def needs_words(item: Item, answer: Answer) -> bool:
    """Return whether an answer must be explained: each judgement, and what the instrument says."""
    if item.type is Type.JUDGEMENT:
        return answer.state is State.GIVEN
    return str(answer.code if isinstance(answer.code, str) else answer.state) in item.words_for


def unfit(item: Item, answer: Answer) -> str:
    """Return why an answer is none to this question; "" where it is one."""
    if answer.state not in item.states:
        known = item.required and answer.state not in DEFINITE.get(item.type, (State.GIVEN,))
        return "This must be known" if known else "Choose an answer from the list"
    if answer.state is not State.GIVEN:
        return "" if answer.value is None else "Choose an answer from the list"
    value, codes = answer.value, [option.code for option in item.options]
    if item.type is Type.SEVERAL:
        fits = isinstance(value, tuple) and bool(value) and set(value) <= set(codes)
        return "" if fits else "Choose at least one from the list"
    if item.options:
        return "" if value in codes else "Choose an answer from the list"
    if item.type in {Type.NUMBER, Type.SCALE}:
        return _unfit_number(item, value)
    if item.type is Type.DATE:
        return "" if isinstance(value, dt.date) else "Enter a day"
    return "" if isinstance(value, str) and value.strip() else "Enter words"


def _unfit_number(item: Item, value: object) -> str:
    if type(value) is not int:
        return "Enter a whole number"
    if item.least is not None and value < item.least:
        return f"Enter {item.least} or more"
    if item.most is not None and value > item.most:
        return f"Enter {item.most} or less"
    return ""


def words_of(definition: Definition, rule: Rule) -> str:
    """Say a rule in words, with the questions and answers as they are read."""

    def option(code: str, value: object) -> str:
        item = definition.by_code[code]
        return item.option(str(value)) if item.options else str(value).replace("_", " ")

    return in_words(rule, {item.code: item.text for item in definition.items}, option)
