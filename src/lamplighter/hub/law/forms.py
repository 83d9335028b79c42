"""Forms: what was read and what it says, whether a second person agrees, and from when a switch is off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.design.fields import DatePartsField, line, radios, text_box
from lamplighter.hub.law import rules
from lamplighter.hub.law.configuration import PER

EXAMPLES = {
    "area": "For example, “Northshire”. Write it the same way each time.",
    "version": "For example, “2021”.",
    "court": "For example, “Family Court”.",
    "offence and area": "For example, “stalking, Northshire”.",
}


class SignForm(forms.Form):
    use_required_attribute = False
    instrument = line(
        "What did you read?",
        hint="The Act, regulations or guidance itself, not a summary of it.",
        required="Enter what you read",
        width=30,
    )
    reference = line(
        "Its number and section",
        hint="For example, “2019 c. 9, section 1”. Somebody else must find the place.",
        required="Enter its number and section",
        width=30,
    )
    read_on = DatePartsField(label="Day on which you read it", latest=timezone.localdate)
    per = line("", width=20)
    found = radios(
        "Is it in force, or will it be?",
        (("yes", "Yes"), ("no", "No, or nothing says so")),
        required="Choose whether it is in force",
    )
    valid_from = DatePartsField(
        label="Day on which it comes into force",
        help_text="If it is. As the commencement says, not the day of the Act.",
        required=False,
    )
    valid_until = DatePartsField(
        label="First day on which it does not hold any more", help_text="If it has ended.", required=False
    )
    next_review = DatePartsField(label="Next review")
    words = text_box("What does it say that matters to the hub? (optional)", rows=3)

    def __init__(self, *args: Any, switch: rules.Switch, longest: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["next_review"].help_text = f"Within {longest} days. It becomes a task for you."
        if switch.per:
            label = PER[switch.per]
            self.fields["per"].label = label
            self.fields["per"].help_text = EXAMPLES[switch.per]
            self.fields["per"].required = True
            self.fields["per"].error_messages["required"] = f"Enter the {switch.per}"
        else:
            del self.fields["per"]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("found") == "yes" and not told.get("valid_from") and "valid_from" not in self.errors:
            self.add_error("valid_from", "Enter the day on which it comes into force")
        if told.get("found") == "no" and (told.get("valid_from") or told.get("valid_until")):
            self.add_error(
                "found", "You gave a day, and chose that it is not in force. Correct one of the two"
            )
        if len(told.get("per") or "") > 80:
            self.add_error("per", "Enter 80 characters or fewer")
        return told


class CheckForm(forms.Form):
    use_required_attribute = False
    agrees = radios(
        "Do you find the same?",
        (("yes", "Yes: it is in force as signed"), ("no", "No")),
        required="Choose whether you find the same",
    )
    reason = text_box("What did you read, and where?", required="Enter what you read, and where", rows=3)


class OffForm(forms.Form):
    use_required_attribute = False
    day = DatePartsField(
        label="First day on which it is off",
        help_text="If it should never have been on, the day on which it came on.",
    )
    reason = text_box(
        "Why?", hint="Everybody who works with the hub can read this.", required="Enter why", rows=3
    )


class DayForm(forms.Form):
    use_required_attribute = False
    day = DatePartsField(label="Show as it was known on", latest=timezone.localdate)
