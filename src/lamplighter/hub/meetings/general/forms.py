"""Forms of general business: each says that everybody who does casework reads it."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from lamplighter.hub.access.wall.partitions import CASEWORK
from lamplighter.hub.accounts.models import User
from lamplighter.hub.design.fields import DatePartsField, line, offer_people, radios, text_box
from lamplighter.hub.meetings.models import Business

READ = "Everybody who does casework in the hub reads it. Name nobody and no case."


class ItemForm(forms.Form):
    use_required_attribute = False
    words = line("What is it about?", hint=READ, required="Enter what it is about", width=30)


class SayForm(forms.Form):
    """A line on an item of general business."""

    use_required_attribute = False
    token = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = radios("What is it?", Business.said_choices(), required="Choose what it is")
    words = text_box("What was said?", hint=READ, required="Enter what was said", rows=4)
    doer: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        queryset=None,
        to_field_name="key",
        required=False,
        label="Who does it?",
        empty_label="Choose a person",
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"invalid_choice": "Choose a person"},
    )
    due = DatePartsField(label="By which day?", required=False)
    evidence = line("What would show that it is done?", width=30)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.working().filter(role__in=[str(r) for r in CASEWORK]).exclude(agency=None)
        offer_people(self, "doer", people.order_by("agency__name", "display_name", "pk"))
        self.initial.setdefault("token", str(uuid.uuid4()))
        self.initial.setdefault("kind", Business.Kind.NOTE)

    def key(self) -> uuid.UUID:
        """Return what the form was given when it was shown: sent twice, it is one row."""
        try:
            return uuid.UUID(self.cleaned_data["token"])
        except ValueError:
            return uuid.uuid4()


class StrikeForm(forms.Form):
    use_required_attribute = False
    why = line("Why is it struck out?", hint=READ, required="Enter why it is struck out", width=30)


class FinishForm(forms.Form):
    use_required_attribute = False
    outcome = text_box(
        "What shows that it is done?", hint=READ, required="Enter what shows that it is done", rows=3
    )
