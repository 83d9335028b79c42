"""Fields that several forms share."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.utils import timezone

from lamplighter.hub.design.fields import ClockField, DatePartsField
from lamplighter.vocabulary.codes import code_set


def choices(name: str) -> list[tuple[str, str]]:
    return [(code, found.title) for code, found in code_set(name).on(timezone.localdate()).items()]


def several(label: str, name: str, *, hint: str = "", columns: bool = True) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        help_text=hint,
        required=False,
        choices=lambda: choices(name),
        widget=forms.CheckboxSelectMultiple(attrs={"small": True, "columns": columns}),
    )


def past_date(label: str, *, hint: str = "For example, 27 3 2026") -> DatePartsField:
    return DatePartsField(label=label, help_text=hint, latest=timezone.localdate, initial=timezone.localdate)


class WhenForm(forms.Form):
    """A moment in the past: a day and a time of day, now unless said otherwise."""

    day = past_date("Which day")
    time = ClockField(
        label="At what time",
        help_text="For example, 5pm, 7:30am or 17:00.",
        error_messages={"required": "Enter at what time"},
        initial=lambda: f"{timezone.localtime():%H:%M}",
    )

    def moment(self) -> dt.datetime:
        """The moment that was entered, aware."""
        naive = dt.datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"])
        return timezone.make_aware(naive)
