"""Forms of the patterns' pages."""

from __future__ import annotations

from typing import Any

from django import forms

from lamplighter.hub.design import reasons
from lamplighter.hub.design.fields import DatePartsField, offer
from lamplighter.hub.patterns.models import Correction, Decision
from lamplighter.hub.people.policies import LONGEST_REASON


def reason_field(label: str = "Your reason", hint: str = "") -> forms.CharField:
    """Return a field for the reason: kept with the decision, for those who read it later."""
    most = (LONGEST_REASON, f"Keep the reason under {LONGEST_REASON} characters")
    return reasons.reason(label, hint=hint, required="Enter your reason", most=most)


class SearchForm(forms.Form):
    """A name, or the reference of a pattern or a report. Sent by POST, so that no address holds it."""

    words = forms.CharField(
        label="Find a pattern",
        help_text="A name, part of a name, or the reference of a pattern or a report",
        min_length=3,
        max_length=80,
        widget=forms.TextInput(attrs={"width": 20, "autocomplete": "off"}),
        error_messages={
            "required": "Enter a name or a reference",
            "min_length": "Enter at least three letters",
            "max_length": "Keep it under 80 characters",
        },
    )


ReasonForm = reasons.asking(reason_field(), use_required_attribute=True)


class DecideForm(forms.Form):
    """It is, it is not, or more is needed, with a reason; ``version`` is what the page showed."""

    kind = forms.ChoiceField(
        label="Is this a course of conduct?",
        choices=Decision.Kind.choices,
        widget=forms.RadioSelect(attrs={"label_size": "m"}),
        error_messages={"required": "Choose what you decide"},
    )
    reason = reason_field(hint="Say what decided it for you. If you need more, say what.")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, hints: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].widget.attrs["hints"] = hints or {}


class NextStepsForm(forms.Form):
    """Ask for the steps after a decision; nothing of it is required."""

    reports = forms.MultipleChoiceField(
        label="Ask these forces to correct their record",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"label_size": "m"}),
        error_messages={"invalid_choice": "Choose reports from the list"},
    )
    review_on = DatePartsField(
        label="Review date",
        help_text="The day to look at this pattern again. Leave it empty for none.",
        required=False,
    )

    def __init__(self, *args: Any, reports: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "reports", reports)
        if not reports:
            del self.fields["reports"]


class AbuseForm(forms.Form):
    """Ask what somebody did about a pattern that reads as possible abuse of another kind."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.CharField(
        label="What did you do?",
        help_text="For example: the domestic abuse team has it; referred to MARAC; decided as stalking.",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Enter what you did",
            "max_length": f"What you did must be {LONGEST_REASON} characters or less",
        },
    )


class OutcomeForm(forms.Form):
    """Ask for the outcome of a task, for the person who asked for it."""

    outcome = forms.CharField(
        label="Outcome",
        help_text="Say how it is recorded now, or why it stays as it is.",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Enter the outcome",
            "max_length": f"The outcome must be {LONGEST_REASON} characters or less",
        },
    )


class MissedActForm(forms.Form):
    """An act that the words tell and nobody read."""

    behaviour = forms.ChoiceField(label="What was missed", widget=forms.Select)
    reason = reason_field("Where it says so")

    def __init__(self, *args: Any, behaviours: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "behaviour", [("", "Choose an act"), *behaviours])


class TeachForm(forms.Form):
    """Words of an incident that teach; ``phrase`` is what the page showed that they teach."""

    words = forms.CharField(
        label="The words that say so",
        help_text="Copy them from the report, within one sentence. Take few: every word has to be there "
        "for the hub to read them elsewhere.",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Enter the words that say so",
            "max_length": "Keep the words under 300 characters",
        },
    )
    phrase = forms.CharField(required=False, widget=forms.HiddenInput)


class LessonForm(forms.Form):
    """Accept, refuse, withdraw or take back a lesson, with a reason."""

    kind = forms.ChoiceField(
        label="What do you decide?",
        widget=forms.RadioSelect(attrs={"label_size": "m"}),
        error_messages={"required": "Choose what you decide"},
    )
    reason = reason_field(hint="For those who read it later. Name nobody.")

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", kinds)


class CorrectForm(forms.Form):
    """Right or wrong, for one act that was read, or undo what was said of it; wrong needs a reason."""

    kind = forms.ChoiceField(
        choices=[
            (Correction.Kind.ACCEPT, "Right"),
            (Correction.Kind.REMOVE, "Wrong"),
            (Correction.Kind.UNDO, "Undo"),
        ]
    )
    behaviour = forms.CharField(max_length=40)
    reason = forms.CharField(required=False, max_length=LONGEST_REASON)
