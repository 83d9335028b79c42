"""Ask who must not open a case, and why."""

from __future__ import annotations

from typing import Any

from django import forms

from lamplighter.hub.accounts.models import User
from lamplighter.hub.oversight.reasons import reason_field


class KeepOffForm(forms.Form):
    user: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        queryset=None,
        to_field_name="key",
        label="Who must not open this case?",
        empty_label="Choose a person",
        error_messages={"required": "Choose a person", "invalid_choice": "Choose a person"},
    )
    reason = reason_field(
        "Why?",
        "For example: a relative of the suspect. They are not told, and find nothing of the case.",
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["user"]
        field.queryset = people
        field.label_from_instance = _said


def _said(user: Any) -> str:
    agency = user.agency.name if user.agency else "no agency"
    return f"{user.display_name}, {user.get_role_display().lower()}, {agency}"
