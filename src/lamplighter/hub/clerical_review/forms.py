"""Forms about who is who."""

from __future__ import annotations

from django import forms

from lamplighter.hub.design import reasons
from lamplighter.hub.people.models import Decision
from lamplighter.hub.people.policies import LONGEST_REASON

_MOST = (LONGEST_REASON, f"Keep the reason under {LONGEST_REASON} characters")
ReasonForm = reasons.asking(
    reasons.reason(required="Enter your reason", rows=3, most=_MOST), use_required_attribute=True
)


class LinkForm(ReasonForm):  # type: ignore[misc, valid-type]  # made of its words
    """The same person, or not, with a reason."""

    kind = forms.ChoiceField(
        label="Are these two records the same person?",
        choices=[(Decision.Kind.SAME, "The same person"), (Decision.Kind.NOT_SAME, "Not the same person")],
        widget=forms.RadioSelect(attrs={"label_size": "m"}),
        error_messages={"required": "Choose whether they are the same person"},
    )
    field_order = ("kind", "reason")
