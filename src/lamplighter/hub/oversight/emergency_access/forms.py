"""Forms of emergency access and of its review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.access.models import BreakGlassReview
from lamplighter.hub.design.fields import offer
from lamplighter.hub.oversight.emergency_access import selectors as emergency_selectors
from lamplighter.hub.oversight.reasons import reason_field

TIMES = {15: "15 minutes", 60: "1 hour", 240: "4 hours"}


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
        times = [(m, TIMES.get(m, f"{m} minutes")) for m in emergency_selectors.config()["minutes"]]
        today = timezone.localdate()
        offer(self, "partition", [(p, emergency_selectors.words_of(p)) for p in partitions])
        self.fields["partition"].widget.attrs["hints"] = {
            p: law for p in partitions if (law := emergency_selectors.regime_of(p, today))
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
