from __future__ import annotations

from typing import Any

from django import forms

from lamplighter.hub.clocks.policies import LEAST_REASON


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(
        queryset=None,
        to_field_name="key",
        label="Give it to a colleague",
        empty_label="Choose a person",
        error_messages={"required": "Choose a person", "invalid_choice": "Choose a person"},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = people
        field.label_from_instance = lambda user: f"{user.display_name}, {user.get_role_display().lower()}"


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Why is it not needed any more?",
        max_length=2_000,
        min_length=LEAST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Say why it is not needed",
            "min_length": f"Say why in at least {LEAST_REASON} characters",
        },
    )
