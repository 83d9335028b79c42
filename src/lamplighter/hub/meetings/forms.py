"""Forms of meetings. Who will read a line is said in the form, before anything is saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from lamplighter.hub.access.concurrent_edits import VersionForm
from lamplighter.hub.access.wall.partitions import CASEWORK
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.casework.forms import LEAVE_OUT, WithReaders
from lamplighter.hub.design.fields import (
    ClockField,
    DatePartsField,
    line,
    named,
    offer_people,
    radios,
    text_box,
)
from lamplighter.hub.meetings import rules
from lamplighter.hub.meetings.models import Asked, Attendance, Meeting
from lamplighter.reporting.words import count

CAREFUL = "Everybody on the case reads it. " + LEAVE_OUT


def _number(label: str, *, hint: str, required: str, initial: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        initial=initial,
        widget=forms.TextInput(
            attrs={"width": 4, "inputmode": "numeric", "autocomplete": "off", "label_size": "s"}
        ),
        error_messages={"required": required, "invalid": required},
    )


class PlanForm(forms.Form):
    """Ask when, how long, where, who chairs, who is asked, and how many meetings."""

    use_required_attribute = False
    day = DatePartsField(label="Which day?", required=True)
    time = ClockField(
        label="At what time?",
        help_text="For example, 10am, 9:30am or 14:00.",
        error_messages={"required": "Enter the time"},
    )
    minutes = _number(
        "How many minutes?",
        hint="For example, 90.",
        required="Enter how many minutes, as a number",
        initial=90,
    )
    place = line(
        "Where, or by which link?",
        hint="Everybody who does casework in the hub reads it. Name nobody and no case.",
        width=30,
    )
    place_told = forms.BooleanField(
        label="Show the place in calendars too",
        help_text="Calendars are shared and stand on locked telephones. Without it they say only “Meeting” "
        "and when.",
        required=False,
    )
    chair: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        queryset=None,
        to_field_name="key",
        label="Who chairs it?",
        empty_label="Choose a person",
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"required": "Choose who chairs it", "invalid_choice": "Choose who chairs it"},
    )
    agencies: forms.ModelMultipleChoiceField[Agency] = forms.ModelMultipleChoiceField(
        queryset=None,
        label="Which agencies are asked?",
        widget=forms.CheckboxSelectMultiple(attrs={"small": True, "label_size": "s"}),
        error_messages={"required": "Choose the agencies that are asked"},
    )
    times = _number(
        "How many meetings?",
        hint="",
        required="Enter how many meetings, as a number",
        initial=1,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chairs = User.objects.working().filter(role__in=[str(r) for r in CASEWORK]).exclude(agency=None)
        offer_people(self, "chair", chairs.order_by("display_name", "pk"))
        apart = rules.days("cadence", timezone.localdate()).days
        self.fields["times"].help_text = f"More than one: {count(apart, 'day')} apart, at the same time."
        asked: Any = self.fields["agencies"]
        asked.queryset = Agency.objects.order_by("name")

    def planned(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = {k: v for k, v in self.cleaned_data.items() if k not in {"day", "time", "version"}}
        moment = dt.datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"])
        return given | {"starts_at": timezone.make_aware(moment)}


class ChangeForm(VersionForm, PlanForm):
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["times"]

    @staticmethod
    def of(meeting: Meeting) -> dict[str, Any]:
        """Return what stands, to be changed."""
        starts = timezone.localtime(meeting.starts_at)
        return {
            "version": str(meeting.sequence),
            "day": starts.date(),
            "time": starts.time(),
            "minutes": int((meeting.ends_at - meeting.starts_at).total_seconds() // 60),
            "place": meeting.place,
            "place_told": meeting.place_told,
            "chair": meeting.chair.key,
            "agencies": meeting.agencies,
        }


class CancelForm(forms.Form):
    why = line(
        "Why is it cancelled?",
        hint="Everybody who does casework in the hub reads it. Name nobody and no case.",
        required="Enter why it is cancelled",
        width=30,
    )


class AttendanceForm(forms.Form):
    """Each person of the agencies that are asked, as they were recorded; and somebody without an account.

    What the page showed of each goes with it: only what was changed here is written, so that two who fill
    it in at the same time do not undo one another.
    """

    use_required_attribute = False

    def __init__(
        self, *args: Any, people: Collection[User], standing: dict[int, str], agencies: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = list(people)
        choices = [("", "Not recorded"), *Attendance.State.choices]
        for person in self.people:
            now = standing.get(person.pk, "")
            self.fields[f"state_{person.key}"] = forms.ChoiceField(
                label=named(person),
                choices=choices,
                required=False,
                initial=now,
                widget=forms.Select(attrs={"label_size": "s"}),
            )
            self.fields[f"was_{person.key}"] = forms.ChoiceField(
                choices=choices, required=False, initial=now, widget=forms.HiddenInput
            )
        self.fields["guest"] = line("Somebody else who came: name", hint="Who has no account here.")
        self.fields["agency"] = forms.ModelChoiceField(
            queryset=agencies,
            label="Their agency",
            required=False,
            empty_label="Choose an agency",
            widget=forms.Select(attrs={"label_size": "s"}),
        )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("guest") and not given.get("agency"):
            self.add_error("agency", ValidationError("Choose their agency", code="required"))
        return given

    def came(self) -> list[dict[str, Any]]:
        """Return what was changed on this page."""
        given = self.cleaned_data
        found = [
            {"person": person, "state": given[f"state_{person.key}"]}
            for person in self.people
            if given[f"state_{person.key}"] and given[f"state_{person.key}"] != given[f"was_{person.key}"]
        ]
        if given["guest"]:
            present = Attendance.State.PRESENT.value
            found.append({"guest": given["guest"], "agency": given["agency"], "state": present})
        return found


class AskForm(forms.Form):
    """Ask the next meeting for a full discussion, or to decide on closing."""

    use_required_attribute = False
    what = radios(
        "What is the next meeting asked for?", Asked.What.choices, required="Choose what you ask for"
    )
    reason = text_box("Why?", hint=CAREFUL, required="Enter your reason", rows=3)


class ReturnForm(WithReaders):
    """Ask for what one's agency sends before the meeting about a case."""

    field_order = ("new", "did", "ask", "side")
    new = text_box("What is new?", hint=LEAVE_OUT, rows=4)
    did = text_box("What did your agency do?", rows=3)
    ask = text_box("What do you ask of the others, or of the meeting?", rows=3)
