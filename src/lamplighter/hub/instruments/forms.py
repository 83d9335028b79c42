"""Forms of instruments: a page of questions, made from the definition; and a licence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from lamplighter.hub.design.fields import DatePartsField, line, offer, radios, text_box
from lamplighter.hub.instruments.incidents import Incident
from lamplighter.instruments.answers import TITLES, Answer, State
from lamplighter.instruments.completing import needs_words
from lamplighter.instruments.definition import DEFINITE, OF_STATES, Definition, Item, Type

# Types whose answer is typed: why there is none is asked beside it.
TYPED = frozenset({Type.NUMBER, Type.DATE, Type.WORDS})


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the fields that take its answer; ``None`` where it has none of that kind."""

    item: Item
    answer: BoundField
    left_open: BoundField | None
    words: BoundField | None
    cites: BoundField | None


class PageForm(forms.Form):
    """The questions of one page. What is left empty stays unanswered: a draft may be saved at any time."""

    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        one: Definition,
        items: Sequence[Item],
        given: Mapping[str, Answer],
        known: Sequence[Incident],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.one, self.items = one, items
        listed = [(one.key, one.text) for one in known]
        for item in items:
            answer = given.get(item.code)
            self._add(item, answer)
            if item.evidence:
                cites = list(answer.cites) if answer else []
                there = {one.key for one in known}
                # What was cited stays, also where the list is too short for it.
                kept = [(key, "Cited before") for key in cites if key not in there]
                self.fields[f"{item.code}__cites"] = forms.MultipleChoiceField(
                    label="Which incidents show it?",
                    required=False,
                    choices=[*listed, *kept],
                    initial=cites,
                    widget=forms.CheckboxSelectMultiple(attrs={"small": True, "label_size": "s"}),
                )

    def _add(self, item: Item, answer: Answer | None) -> None:
        value = answer.value if answer and answer.state is State.GIVEN else None
        self.fields[item.code] = self._answer_field(item)
        if item.type in TYPED:
            self.initial[item.code] = value
            if not item.required:
                field = radios("If there is no answer, why?", _left_open(item), inline=True)
                self.fields[f"{item.code}__open"] = field
                is_open = answer is not None and answer.state is not State.GIVEN
                self.initial[f"{item.code}__open"] = str(answer.state) if answer and is_open else ""
        elif answer is not None:
            chosen: Any = list(value) if isinstance(value, tuple) else value if value is not None else None
            state = str(answer.state)
            if item.type is Type.SEVERAL:
                self.initial[item.code] = chosen or [state]
            else:
                self.initial[item.code] = state if chosen is None else str(chosen)
        if item.words_for or item.type is Type.JUDGEMENT:
            self.fields[f"{item.code}__words"] = text_box("Why? In words", hint=_asked_for(item), rows=3)
            self.initial[f"{item.code}__words"] = answer.words if answer else ""

    def _answer_field(self, item: Item) -> forms.Field:
        if item.type is Type.WORDS:
            return text_box(item.text, hint=item.guidance)
        if item.type is Type.DATE:
            return DatePartsField(label=item.text, help_text=item.guidance, required=False)
        if item.type is Type.NUMBER:
            return forms.IntegerField(
                label=item.text,
                help_text=item.guidance,
                required=False,
                widget=forms.TextInput(attrs={"width": 5, "inputmode": "numeric", "label_size": "s"}),
                error_messages={"invalid": f"{item.text} Enter a whole number"},
            )
        choices = [*_definite(self.one, item), *_left_open(item)]
        if item.type is Type.SEVERAL:
            return forms.MultipleChoiceField(
                label=item.text,
                help_text=item.guidance,
                required=False,
                choices=choices,
                widget=forms.CheckboxSelectMultiple(attrs={"small": True, "label_size": "s"}),
            )
        field = radios(item.text, choices, hint=item.guidance, inline=item.type in OF_STATES)
        field.required = False
        return field

    def asked(self) -> Iterable[Asked]:
        """Yield each question with its fields, in order."""
        for item in self.items:
            yield Asked(
                item, self[item.code], *(self._part(item, name) for name in ("open", "words", "cites"))
            )

    def _part(self, item: Item, name: str) -> BoundField | None:
        name = f"{item.code}__{name}"
        return self[name] if name in self.fields else None

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for item in self.items:
            value = found.get(item.code)
            chosen = set(value or ()) if item.type is Type.SEVERAL else set()
            why = found.get(f"{item.code}__open")
            if item.code in self.errors:
                continue
            if why and value not in (None, ""):
                self.add_error(item.code, f"{item.text} Give an answer, or say why there is none: not both")
            elif len(chosen) > 1 and chosen & set(_open_codes(item)):
                self.add_error(item.code, f"{item.text} Choose answers, or one reason why there is none")
            elif not (value or value == 0 or why) and (
                found.get(f"{item.code}__words", "").strip() or found.get(f"{item.code}__cites")
            ):
                self.add_error(item.code, f"{item.text} Choose an answer to go with your words or incidents")
        return found

    def answers(self) -> dict[str, Answer]:
        """Return what was answered, by item; nothing of what was left empty."""
        return {item.code: answer for item in self.items if (answer := self._read(item)) is not None}

    def _read(self, item: Item) -> Answer | None:
        given = self.cleaned_data
        value, why = given.get(item.code), given.get(f"{item.code}__open")
        words = (given.get(f"{item.code}__words") or "").strip()
        cites = tuple(given.get(f"{item.code}__cites") or ())
        if why:
            return Answer(State(why), None, words, cites)
        if value is None or value in ("", []):
            return None
        if item.type is Type.SEVERAL:
            left_open = set(value) & set(_open_codes(item))
            return Answer(State(left_open.pop())) if left_open else Answer(State.GIVEN, tuple(value))
        if item.type in OF_STATES or value in _open_codes(item):
            return Answer(State(value), None, words, cites)
        if item.type is Type.SCALE:
            return Answer(State.GIVEN, int(value), words, cites)
        return Answer(State.GIVEN, value, words, cites)


def _definite(one: Definition, item: Item) -> list[tuple[str, str]]:
    if item.type in OF_STATES:
        return [(str(state), TITLES[state]) for state in DEFINITE[item.type]]
    if item.type is Type.SCALE and one.scale:
        numbers = range(one.scale.minimum, one.scale.maximum + 1)
        words = one.labels or [str(number) for number in numbers]
        return [(str(n), text) for n, text in zip(numbers, words, strict=True)]
    return [(option.code, option.text) for option in item.options]


def _open_codes(item: Item) -> list[str]:
    return [code for code, _ in _left_open(item)]


def _left_open(item: Item) -> list[tuple[str, str]]:
    definite = DEFINITE.get(item.type, (State.GIVEN,))
    return [(str(state), TITLES[state]) for state in item.states if state not in definite]


def _asked_for(item: Item) -> str:
    if item.type is Type.JUDGEMENT:
        return "A judgement needs its reasons."
    if len(item.words_for) >= len(item.states):
        return "Asked for with every answer."
    every = [state for state in item.states if needs_words(item, Answer(state))]
    names = [TITLES[state].lower() for state in every] or [item.option(c) for c in sorted(item.words_for)]
    return f"Asked for where the answer is {' or '.join(names)}."


class NothingForm(forms.Form):
    """A page with a button and no question."""


class LicenceForm(forms.Form):
    use_required_attribute = False

    code = radios("Which instrument?", required="Choose the instrument", small=False)
    holder = line("Who gave the licence?", required="Enter who gave the licence", width=30)
    reference = line(
        "Its reference",
        hint="For example, the number of the contract, or where the letter is. To change a licence, use the "
        "same reference again.",
        required="Enter the reference of the licence",
        width=30,
    )
    valid_from = DatePartsField(label="From", help_text="The first day on which it holds", required=True)
    valid_until = DatePartsField(
        label="Until",
        help_text="The first day on which it does not hold any more. Leave it empty where it has no end",
        required=False,
    )

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "code", list(choices))

    def given(self) -> dict[str, str | dt.date | None]:
        """Return what was typed, as the service takes it."""
        return dict(self.cleaned_data)
