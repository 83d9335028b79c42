"""Auditor's searches. They are sent in the body of a form, so that no name lands in an address."""

from __future__ import annotations

from typing import Any

from django import forms

from lamplighter.hub.audit.access_log import anomalies
from lamplighter.hub.audit.models import Operation, UnusualAccessClosing
from lamplighter.hub.design.fields import DatePartsField
from lamplighter.hub.oversight.audit_log import selectors


class EventsForm(forms.Form):
    who = forms.CharField(
        label="Who",
        help_text="A user name or a whole name",
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"width": 20, "autocomplete": "off"}),
    )
    case = forms.CharField(
        label="Case",
        help_text="For example LL-7KQ2-M9XB",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"width": 20, "autocomplete": "off"}),
    )
    subject = forms.CharField(
        label="Record",
        help_text="As it is under Details in the list below",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    operation = forms.ChoiceField(
        label="What was done",
        required=False,
        choices=[("", "Anything"), *Operation.choices],
        widget=forms.Select,
    )
    since = DatePartsField(label="From", required=False)
    until = DatePartsField(label="To", required=False)
    before = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_who(self) -> list[Any] | None:
        text = self.cleaned_data["who"]
        if not text:
            return None
        found = selectors.people_called(text)
        if not found:
            raise forms.ValidationError("Nobody has this user name or name")
        return found

    def clean_case(self) -> int | None:
        text = self.cleaned_data["case"]
        if not text:
            return None
        found = selectors.case_called(text)
        if found is None:
            raise forms.ValidationError("There is no case with this reference")
        return found

    def asked(self) -> selectors.Asked:
        values = self.cleaned_data
        return selectors.Asked(
            people=values["who"],
            operation=values["operation"],
            case_id=values["case"],
            subject=values["subject"].strip(),
            since=values["since"],
            until=values["until"],
            before=values["before"],
        )


class CloseForm(forms.Form):
    finding = forms.ChoiceField(
        label="What was it?",
        choices=UnusualAccessClosing.Finding.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it was"},
    )
    words = forms.CharField(
        label="What you found",
        help_text="Whom you asked and what they said. It cannot be changed afterwards.",
        min_length=anomalies.LEAST_WORDS,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Say what you found",
            "min_length": f"Say what you found in at least {anomalies.LEAST_WORDS} characters",
        },
    )
