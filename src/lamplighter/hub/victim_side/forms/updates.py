"""Forms of the Victims' Code."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.access.concurrent_edits import VersionForm
from lamplighter.hub.design.environment import plural
from lamplighter.hub.design.fields import radios, text_box
from lamplighter.hub.victim_side import rules
from lamplighter.hub.victim_side.forms.parts import WhenForm, choices, past_date


def _events() -> list[tuple[str, str]]:
    known = rules.on("event", timezone.localdate())
    return [("", "Choose"), *((code, rule.title) for code, rule in known.items())]


ANSWERS = [("yes", "Yes"), ("no", "No"), ("not_known", "Not known yet")]


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


class RightsForm(VersionForm):
    """A question for each category of enhanced rights, in the order of the rules."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, category in rules.on("enhanced", timezone.localdate()).items():
            self.fields[f"category_{code}"] = radios(
                category.title,
                ANSWERS,
                required=f"Answer for: {category.title.split(':')[0].split('.')[0].lower()}",
            )
        days = {yes: rules.update_days(timezone.localdate(), yes) for yes in (True, False)}
        self.fields["reason"] = text_box(
            "Why",
            hint="With enhanced rights the victim is told of most events within "
            f"{plural(days[True], 'working day')}, otherwise within {plural(days[False], 'working day')}. "
            "They end only where all of these are refused, and the advocate is asked to tell the victim.",
            rows=3,
            required="Say why",
        )

    def answers(self) -> dict[str, str]:
        """Return what was answered, by category."""
        return {
            name.removeprefix("category_"): said
            for name, said in self.cleaned_data.items()
            if name.startswith("category_")
        }
