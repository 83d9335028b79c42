"""Forms about who is who."""

from __future__ import annotations

from django import forms

from lamplighter.hub.people.models import Decision
from lamplighter.hub.people.policies import LONGEST_REASON


class ReasonForm(forms.Form):
    """Why: kept with the decision, for whoever reads it later."""

    reason = forms.CharField(
        label="Your reason",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter your reason"},
    )


class LinkForm(ReasonForm):
    """The same person, or not, with a reason."""

    kind = forms.ChoiceField(
        label="Are these two records the same person?",
        choices=[(Decision.Kind.SAME, "The same person"), (Decision.Kind.NOT_SAME, "Not the same person")],
        widget=forms.RadioSelect(attrs={"label_size": "m"}),
        error_messages={"required": "Choose whether they are the same person"},
    )
    field_order = ("kind", "reason")
