"""Forms of looking behind the wall and of keeping people off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.access.emergency_access import emergency_grants
from lamplighter.hub.access.models import BreakGlassReview
from lamplighter.hub.access.wall.row_security import LEAST_REASON
from lamplighter.hub.accounts.models import User
from lamplighter.hub.design import reasons
from lamplighter.hub.design.fields import offer

LONGEST_REASON = 2_000
TIMES = {15: "15 minutes", 60: "1 hour", 240: "4 hours"}


def reason_field(label: str, hint: str) -> forms.CharField:
    return reasons.reason(
        label,
        hint=hint,
        required="Give a reason",
        least=(LEAST_REASON, f"Give a reason of at least {LEAST_REASON} characters"),
        most=(LONGEST_REASON, f"Keep the reason under {LONGEST_REASON} characters"),
    )


ReasonForm = reasons.asking(
    reason_field("Your reason", "It is saved, and somebody else reads it."), use_required_attribute=True
)


class GlassForm(forms.Form):
    """Ask for the area to open, for how long, and why."""

    partition = forms.ChoiceField(
        label="What do you need to see?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you need to see"},
    )
    minutes = forms.TypedChoiceField(
        label="For how long?",
        coerce=int,
        widget=forms.RadioSelect(attrs={"inline": True}),
        error_messages={"required": "Choose how long you need access"},
    )
    reason = reason_field(
        "Why can it not wait until somebody has been asked?",
        "Say who is at risk and of what. Those whose record it is read this, and somebody reviews it.",
    )

    def __init__(self, *args: Any, partitions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        times = [(m, TIMES.get(m, f"{m} minutes")) for m in emergency_grants.config()["minutes"]]
        today = timezone.localdate()
        offer(self, "partition", [(p, emergency_grants.words_of(p)) for p in partitions])
        self.fields["partition"].widget.attrs["hints"] = {
            p: law for p in partitions if (law := emergency_grants.regime_of(p, today))
        }
        offer(self, "minutes", times)


class ByReferenceForm(GlassForm):
    """The same for a case that somebody has been told of and cannot open."""

    reference = forms.CharField(
        label="Reference of the case",
        help_text="Somebody who works on it can tell you. For example LL-7KQ2-M9XB",
        max_length=20,
        widget=forms.TextInput(attrs={"width": 20, "autocomplete": "off"}),
        error_messages={"required": "Enter the reference of the case"},
    )
    field_order = ("reference", "partition", "minutes", "reason")


class ReviewForm(forms.Form):
    finding = forms.ChoiceField(
        label="Was it justified?",
        choices=BreakGlassReview.Finding.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it was justified"},
    )
    words = reason_field("What decides it, and what follows", "Saved with the review. It cannot be changed.")


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
