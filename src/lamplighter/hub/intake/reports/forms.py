"""The one question that correcting, withdrawing and putting back a report ask."""

from __future__ import annotations

from django import forms

from lamplighter.hub.design import reasons
from lamplighter.hub.design.reasons import ReasonForm
from lamplighter.hub.intake.reports import policies


class _Versioned(forms.Form):
    """``version`` is the one that the page showed."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


def _asking(label: str, required: str, hint: str = "") -> type[ReasonForm]:
    most = policies.LONGEST_REASON
    told = f"Your answer must be {most:,} characters or less"
    field = reasons.reason(label, hint=hint, required=required, rows=3, most=(most, told), size="m")
    return reasons.asking(field, _Versioned)


# Of a correction, of a withdrawal, and of putting a withdrawn report back.
what_was_wrong = _asking(
    "What was wrong?",
    policies.WHAT_WAS_WRONG,
    "Everybody who can read the report can read this. It stays on record with your name.",
)
why_withdrawn = _asking(
    "Why do you withdraw it?",
    policies.WHY_WITHDRAWN,
    "For example, typed twice (say which report stays), a test, or the wrong person.",
)
why_back = _asking("Why do you put it back?", policies.WHY_BACK)
