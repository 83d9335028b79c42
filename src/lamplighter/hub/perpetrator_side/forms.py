"""Forms of this side. Choices that depend on the day or the case are given by the view."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.design import reasons
from lamplighter.hub.design.fields import DatePartsField, offer, radios, text_box
from lamplighter.hub.perpetrator_side import library
from lamplighter.hub.perpetrator_side.models import (
    Consultation,
    Ending,
    MeasureResult,
    OfficerConsultation,
    Statement,
    TypologyJudgement,
)
from lamplighter.instruments.definition import Definition

Choices = Sequence[tuple[str, str]]
YES_NO = (("yes", "Yes"), ("no", "No"), ("not_known", "Not known"))
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})")


def whole(label: str, empty: str, hint: str = "", **rest: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        min_value=rest.pop("min_value", 0),
        widget=forms.TextInput(attrs={"width": 4, "inputmode": "numeric"}),
        error_messages={"required": empty, "invalid": "Enter a whole number"},
        **rest,
    )


class SeenForm(forms.Form):
    """``seen`` is the row that stood when the page was shown, nothing for none."""

    seen = forms.UUIDField(widget=forms.HiddenInput, required=False)


class TypologyForm(forms.Form):
    type = radios("Which type do you judge?", required="Choose a type, or “Undetermined”", label_size="m")
    confidence = forms.ChoiceField(
        label="How sure are you?",
        help_text="Leave it out for “Undetermined”.",
        required=False,
        choices=TypologyJudgement.Confidence.choices,
        widget=forms.RadioSelect(attrs={"inline": True}),
    )
    basis = text_box("What do you base it on?", required="Enter what you base the judgement on")

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = library.types(on)
        offer(self, "type", [(c, r["title"]) for c, r in types.items()])
        self.fields["type"].widget.attrs["hints"] = {c: r["words"] for c, r in types.items()}


class RelationshipForm(SeenForm):
    kind = radios(
        "What were they to each other before?", required="Choose what they were to each other before"
    )
    source = text_box("Who says so, or where is it recorded?", required="Enter who says so", rows=2)
    words = text_box("More about it (optional)", rows=3)

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = library.relationships(on)
        offer(self, "kind", [(c, r["title"]) for c, r in rows.items()])


class StatementForm(forms.Form):
    """A statement and the entries that show it; ``seen`` is the version that the writer had before them."""

    section = radios("Which part of the formulation?", Statement.Section.choices, required="Choose a part")
    text = text_box("The statement", hint="One statement, in plain words.", required="Enter the statement")
    evidence = forms.MultipleChoiceField(
        label="What in the record shows it?",
        help_text="Until you link evidence, the statement is marked “No evidence linked yet”.",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"small": True}),
    )
    reason = text_box("Why does it change?", required="Enter why it changes", rows=2)
    seen = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, entries: Choices, change: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "evidence", entries)
        if not entries:
            del self.fields["evidence"]
        for name in ("section",) if change else ("reason", "seen"):
            del self.fields[name]


class SureForm(forms.Form):
    """Nothing to fill in: the button is the answer."""


ReasonForm = reasons.asking(reasons.reason(size="s"), SeenForm, use_required_attribute=True)


class EnrolForm(forms.Form):
    """The footing, the programme's own questions, and why."""

    ground = radios("Takes part as", required="Choose on what footing the person takes part")

    def __init__(
        self, *args: Any, programme: library.Programme, check_missing: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        grounds = library.grounds()
        offer(self, "ground", [(g, grounds[g]["title"]) for g in programme.grounds])
        self.criteria = list(programme.criteria)
        for code, question in programme.criteria.items():
            self.fields[f"c_{code}"] = radios(question, YES_NO, required=f"Answer: {question}", inline=True)
        self.fields["why"] = text_box("Why this programme?", required="Enter why this programme")
        if check_missing:
            self.fields["without_check"] = text_box(
                "Why does required work go on before the check on the victim’s side?",
                hint=f"{check_missing} Voluntary work waits. Leave this empty unless a court, a licence or "
                "an order requires the work. The victim’s advocate is told at once.",
                rows=2,
            )

    def answers(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"c_{code}"] for code in self.criteria}


class AllocateForm(SeenForm):
    practitioner = forms.ChoiceField(
        label="Practitioner", error_messages={"required": "Choose a practitioner"}, widget=forms.Select
    )
    supervisor = forms.CharField(
        label="Who supervises the work?",
        help_text="Somebody who is not the practitioner. They need no account here.",
        max_length=120,
        error_messages={"required": "Enter who supervises the work"},
    )

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(p.key): p for p in people}
        choices = [("", "Choose somebody"), *((key, p.display_name) for key, p in self.people.items())]
        offer(self, "practitioner", choices)

    def clean_practitioner(self) -> User:
        return self.people[self.cleaned_data["practitioner"]]


class OfferForm(forms.Form):
    number = whole("Which session?", "Enter which session", "Its number in the programme.", min_value=1)
    day = DatePartsField(label="Day")
    time = forms.CharField(
        label="Time",
        help_text="For example 14:30",
        max_length=5,
        widget=forms.TextInput(attrs={"width": 5}),
        error_messages={"required": "Enter a time, for example 14:30"},
    )

    def clean_time(self) -> dt.time:
        found = _TIME.fullmatch(self.cleaned_data["time"].strip())
        try:
            return dt.time(int(found[1]), int(found[2])) if found else dt.time(99)
        except ValueError:
            raise ValidationError("Enter a time, for example 14:30") from None

    def planned_at(self) -> dt.datetime:
        day, time = self.cleaned_data["day"], self.cleaned_data["time"]
        return timezone.make_aware(dt.datetime.combine(day, time))


class OutcomeForm(forms.Form):
    what = radios("Outcome", required="Choose the outcome of the session")
    minutes = whole(
        "Minutes of your work (optional)",
        "",
        "Preparing and writing included.",
        required=False,
        max_value=1440,
    )
    words = text_box("Notes (optional)", hint="Read by this side only.")
    seen = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "what", choices)


class ChaseForm(forms.Form):
    words = text_box(
        "What did you do, and what was the outcome?", required="Enter what you did, and the outcome"
    )


class EndForm(SeenForm):
    how = radios(
        "How did it end?",
        Ending.How.choices,
        required="Choose how it ended",
        hint="“Delivered in full” is said of the sessions alone.",
    )
    why = text_box("Why, or what was agreed at the end", required="Enter why, or what was agreed at the end")


class MeasureForm(forms.Form):
    """An instrument's own questions; what is left out stays out."""

    moment = radios("When?", MeasureResult.Moment.choices, required="Choose when", inline=True)
    on = DatePartsField(label="Day it was filled in", latest=timezone.localdate)

    def __init__(self, *args: Any, instrument: Definition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scale = instrument.scale
        if self.scale is None:
            raise ValueError(f"{instrument.code} has no items here.")
        numbers = range(self.scale.minimum, self.scale.maximum + 1)
        labels = instrument.labels or [str(n) for n in numbers]
        choices = [(str(n), text) for n, text in zip(numbers, labels, strict=True)]
        for number, item in enumerate(instrument.items, start=1):
            self.fields[f"i_{item.code}"] = forms.ChoiceField(
                label=f"{number}. {item.text}",
                required=False,
                choices=choices,
                widget=forms.RadioSelect(attrs={"inline": True, "small": True}),
            )

    def answers(self) -> dict[str, int | None]:
        given = {item.code: self.cleaned_data[f"i_{item.code}"] for item in self.scale.items}  # type: ignore[union-attr]  # refused above
        return {code: int(value) if value else None for code, value in given.items()}


class OfficerConsultationForm(forms.Form):
    """Ask what the officer in the case or the CPS was asked about required work, and what was agreed."""

    work = radios("What is it about?", required="Choose what it is about")
    asked = radios("Who was asked?", OfficerConsultation.Asked.choices, required="Choose who was asked")
    who = forms.CharField(
        label="Name and role",
        help_text="For example: DC Osei, officer in the case",
        max_length=200,
        error_messages={"required": "Enter the name and role of who was asked"},
    )
    on = DatePartsField(label="The day they were asked", latest=timezone.localdate)
    answer = radios("What was agreed?", OfficerConsultation.Answer.choices, required="Choose what was agreed")
    content = text_box(
        "What may be talked about with the person, and what not?",
        hint="For example: nothing about the days under investigation.",
        required="Enter what may be talked about",
        rows=3,
    )
    disclosure = text_box(
        "What was agreed about records and disclosure?",
        hint="What is written down, and what the police or the CPS may ask for.",
        required="Enter what was agreed about records and disclosure",
        rows=3,
    )
    timing = text_box(
        "When can the work start, or when do you ask again?",
        hint="For example: after the interview on 3 May 2026.",
        required="Enter when the work can start, or when to ask again",
        rows=2,
    )

    def __init__(self, *args: Any, works: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "work", works)


class ConsultationForm(forms.Form):
    kind = radios("What did you give?", Consultation.Kind.choices, required="Choose what was given")
    to = forms.CharField(
        label="To whom",
        help_text="The service and the role, for example: the officer in the case",
        max_length=200,
        error_messages={"required": "Enter whom you advised"},
    )
    on = DatePartsField(label="Day", latest=timezone.localdate)
    question = text_box("On what", required="Enter what it was about", rows=2)
    advice = text_box("What you advised", required="Enter what you advised")
    minutes = whole("Minutes", "Enter the minutes it took", min_value=1, max_value=1440)
