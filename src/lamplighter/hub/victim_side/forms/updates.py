"""Forms of the Victims' Code."""

from __future__ import annotations

from django import forms
from django.utils import timezone

from lamplighter.hub.design.environment import plural
from lamplighter.hub.design.fields import radios, text_box
from lamplighter.hub.victim_side import rules
from lamplighter.hub.victim_side.forms.parts import VersionedForm, WhenForm, choices, past_date


def _events() -> list[tuple[str, str]]:
    known = rules.on("event", timezone.localdate())
    return [("", "Choose"), *((code, rule.title) for code, rule in known.items())]


def _rights() -> list[tuple[str, str]]:
    days = {yes: rules.update_days(timezone.localdate(), yes) for yes in (True, False)}
    return [
        ("yes", f"Yes: told of most events within {plural(days[True], 'working day')}"),
        ("no", f"No: told of most events within {plural(days[False], 'working day')}"),
    ]


class EventForm(forms.Form):
    kind = forms.ChoiceField(
        label="What happened", choices=_events, error_messages={"required": "Choose what happened"}
    )
    happened_on = past_date(
        "On which day",
        hint="Of a hearing, a warrant or a result: the day on which the witness care unit was told. "
        "For example, 27 3 2026",
    )


class ToldForm(WhenForm):
    channel = radios("How", lambda: choices("contact_channels"), required="Choose how")


class EnhancedForm(VersionedForm):
    enhanced = radios("Does the victim have enhanced rights?", _rights, required="Choose yes or no")
    reason = text_box("Why", rows=2, required="Say why")
