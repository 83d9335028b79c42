"""Forms of what is known elsewhere. They hold what was typed; the services decide whether it is possible."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.design.fields import DatePartsField, radios, text_box
from lamplighter.hub.elsewhere.models import Reply

MOST_BYTES = 20 * 1024 * 1024


class AnswerFileForm(forms.Form):
    use_required_attribute = False

    file = forms.FileField(
        label="The index’s answer for this hub",
        help_text="known_elsewhere, as .csv or .parquet, 20 MB at most.",
        error_messages={"required": "Choose the file", "empty": "The file is empty"},
        widget=forms.ClearableFileInput(attrs={"label_size": "m"}),
    )

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError("The file is larger than 20 MB.")
        return given


class WithdrawForm(forms.Form):
    use_required_attribute = False

    reason = text_box(
        "Why is the release withdrawn?",
        rows=2,
        hint="For example: the index found an error on 3 May. Name nobody.",
        required="Enter why the release is withdrawn",
    )


class LookForm(forms.Form):
    use_required_attribute = False

    reason = text_box(
        "Why do you need to see this?",
        rows=2,
        hint="For example: to plan the arrest. It is saved, with your name and the time.",
        required="Say why you need to see this",
    )


def _today() -> Any:
    return timezone.localdate()


class AskForm(forms.Form):
    use_required_attribute = False

    question = text_box(
        "What did you ask?",
        rows=3,
        hint="Say nothing of where the victim is. What they may be told, your rules of sharing say.",
        required="Enter what you asked",
    )
    asked_on = DatePartsField(label="When did you ask?", required=True, initial=_today)


class ReplyForm(forms.Form):
    use_required_attribute = False

    outcome = radios("What did they answer?", Reply.Outcome.choices, required="Select what they answered")
    learnt = text_box(
        "What was learnt",
        rows=5,
        hint="It becomes a note that the police on this case read, and nobody else.",
    )
    answered_on = DatePartsField(label="When did they answer?", required=True, initial=_today)


class DecideForm(forms.Form):
    use_required_attribute = False

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = text_box("Why?", rows=3, required="Enter your reason")
