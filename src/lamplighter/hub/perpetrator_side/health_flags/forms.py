"""Forms of health flags: who said what, when; and what was decided."""

from __future__ import annotations

from django import forms
from django.utils import timezone

from lamplighter.hub.design.fields import DatePartsField, radios, text_box
from lamplighter.hub.perpetrator_side.models import HealthDecision, HealthFlag


class FlagForm(forms.Form):
    use_required_attribute = False
    source = radios("Who said so?", HealthFlag.Source.choices, required="Choose who said so")
    noted_on = DatePartsField(label="On which day?", required=True, latest=timezone.localdate)
    words = text_box(
        "What did they say?",
        hint="As it was said. Write no diagnosis of your own, and nothing that was not said.",
        required="Enter what the source said",
        rows=3,
    )


class DecisionForm(forms.Form):
    use_required_attribute = False
    decision = radios(
        "What was decided?", HealthDecision.Decision.choices, required="Choose what was decided"
    )
    on = DatePartsField(label="On which day?", required=True, latest=timezone.localdate)
    words = text_box("Why?", required="Enter the reason", rows=3)
