from __future__ import annotations

from typing import Any

from django import forms

from lamplighter.hub.accounts.models import User
from lamplighter.hub.design.fields import offer_people, text_box
from lamplighter.hub.my_work.policies import LEAST_REASON


class DoneForm(forms.Form):
    use_required_attribute = False
    outcome = text_box("Outcome", required="Enter the outcome", rows=4)

    def __init__(self, *args: Any, readers: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].help_text = f"Read by {readers}. Leave out any address or telephone number."


class AssignForm(forms.Form):
    to: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        queryset=None,
        to_field_name="key",
        label="Reassign to",
        empty_label="Choose a person",
        error_messages={"required": "Choose a person", "invalid_choice": "Choose a person"},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_people(self, "to", people)


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Why is it not needed any more?",
        max_length=2_000,
        min_length=LEAST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Enter why it is not needed",
            "min_length": f"Enter why in at least {LEAST_REASON} characters",
        },
    )
