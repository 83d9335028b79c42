"""The one question that correcting, withdrawing and putting back a report ask."""

from __future__ import annotations

from typing import Any

from django import forms

from lamplighter.hub.intake.reports import policies


class ReasonForm(forms.Form):
    """Why. ``version`` is the one that the page showed."""

    use_required_attribute = False
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def knows(self, version: int) -> None:
        """Let it be sent again by somebody who has been told that another version stands."""
        self.data = self.data.copy()
        self.data["version"] = str(version)

    def __init__(self, *args: Any, label: str, hint: str, required: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = forms.CharField(
            label=label,
            help_text=hint,
            max_length=policies.LONGEST_REASON,
            widget=forms.Textarea(attrs={"rows": 3, "label_size": "m"}),
            error_messages={
                "required": required,
                "max_length": f"Your answer must be {policies.LONGEST_REASON:,} characters or less",
            },
        )


def what_was_wrong(data: Any = None) -> ReasonForm:
    """Of a correction."""
    hint = "Everybody who can read the report can read this. It stays on record with your name."
    return ReasonForm(data, label="What was wrong?", hint=hint, required=policies.WHAT_WAS_WRONG)


def why_withdrawn(data: Any = None, **kwargs: Any) -> ReasonForm:
    """Of a withdrawal."""
    hint = "For example, typed twice (say which report stays), a test, or the wrong person."
    return ReasonForm(
        data, label="Why do you withdraw it?", hint=hint, required=policies.WHY_WITHDRAWN, **kwargs
    )


def why_back(data: Any = None) -> ReasonForm:
    """Of putting a withdrawn report back."""
    return ReasonForm(data, label="Why do you put it back?", hint="", required=policies.WHY_BACK)
