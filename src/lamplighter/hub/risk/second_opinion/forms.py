"""Forms of the second rater: a judgement of their own, or why they give none."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.design.fields import radios, text_box
from lamplighter.hub.risk.forms import SHARED_HINT, levels_asked
from lamplighter.hub.risk.models import BlindDecline


class RateForm(forms.Form):
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(levels_asked(timezone.localdate()))
        self.fields["words"] = text_box("Your reasons", hint=SHARED_HINT, required="Enter your reasons")


class DeclineForm(forms.Form):
    use_required_attribute = False
    why = radios("Why do you decline?", BlindDecline.Why.choices, required="Choose why you decline")
    words = text_box(
        "What else should the coordinator know?",
        hint="Coordinators read this, unless the assessment is theirs. Leave out how you would have judged.",
        rows=2,
    )
