"""Forms of notes and tasks. Who will read it is said in the form, before anything is saved."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from lamplighter.hub.access.concurrent_edits import VersionForm
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.casework.models import Note
from lamplighter.hub.design.fields import DatePartsField, line, offer_people, radios, text_box

SIDE = {
    "shared": "Everybody on the case",
    "police": "Police only",
    "health": "Health and probation side only",
    "advocacy": "Advocacy only",
}
TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2})|(\d{2}))? ?(am|pm)?")
LEAVE_OUT = "Leave out any address, telephone number or other way to reach the victim."


class TimeOfDay(forms.CharField):
    """``5pm``, ``7:30am``, ``17:00``, ``0930``: a time of day in London. Empty is ``None``."""

    def clean(self, value: Any) -> dt.time | None:
        text = super().clean(value).strip().lower()
        if not text:
            return None
        found = TIME.fullmatch(text)
        try:
            if not found:
                raise ValueError(text)
            hour, minute, half = int(found[1]), int(found[2] or found[3] or 0), found[4]
            if half and not 1 <= hour <= 12:
                raise ValueError(text)
            return dt.time(hour % 12 + 12 * (half == "pm") if half else hour, minute)
        except ValueError:
            raise ValidationError("Enter a time such as 5pm, 7:30am or 17:00", code="invalid") from None


def _readers(user: User, on_case: Collection[Agency]) -> list[tuple[str, str, str]]:
    """Each side that this person writes: its code, what it is called, and who reads it."""
    return [
        (s, SIDE[s], f"Read by {form_readers.readers(s, user.agency, on_case)}.")
        for s in form_readers.of(user)
    ]


class WithReaders(forms.Form):
    """``side`` is the partition. It is asked, and never guessed, where the person writes more than one."""

    use_required_attribute = False
    side = radios("Who can read this?", required="Choose who can read this", small=False)

    def __init__(self, *args: Any, user: User, on_case: Collection[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = _readers(user, on_case)
        field: Any = self.fields["side"]
        field.choices = [(code, title) for code, title, _ in known]
        field.widget.attrs["hints"] = {code: who for code, _, who in known}
        if len(known) == 1:
            self.initial["side"] = known[0][0]


class NoteForm(WithReaders):
    field_order: tuple[str, ...] = ("kind", "day", "time", "with_whom", "words", "side")
    kind = radios("What was it?", Note.Kind.choices, required="Choose what it was")
    day = DatePartsField(
        label="When was it?", required=True, latest=timezone.localdate, initial=timezone.localdate
    )
    time = TimeOfDay(
        label="At what time?",
        help_text="For example, 5pm, 7:30am or 17:00. Without a time the history shows 12:00.",
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"width": 10, "autocomplete": "off", "label_size": "s"}),
    )
    with_whom = line(
        "Who with?",
        hint="For example, “PC Reed, Force A” or “the victim’s manager”. Leave out telephone numbers.",
    )
    words = text_box(
        "What happened, and what was the outcome?",
        hint=LEAVE_OUT,
        required="Enter what happened and the outcome",
        rows=6,
    )

    def happened_at(self) -> dt.datetime:
        """Return the moment that was entered: noon, or now where that is earlier, without a time."""
        day, time = self.cleaned_data["day"], self.cleaned_data["time"]
        moment = timezone.make_aware(dt.datetime.combine(day, time or dt.time(12)))
        return moment if time else min(moment, timezone.now())


class CorrectForm(VersionForm, NoteForm):
    use_required_attribute = False
    field_order = (*NoteForm.field_order, "struck", "reason")
    struck = forms.BooleanField(
        label="Strike it out: it should not have been written here",
        help_text="Its words are hidden from everybody outside your agency, and from the history.",
        required=False,
    )
    reason = line(
        "Why do you correct it?",
        hint="Read by everybody who can read the note.",
        required="Enter why you correct it",
        width=30,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A note stays where it was written.
        del self.fields["side"]


class TaskForm(WithReaders):
    field_order = ("text", "why", "to", "due", "side")
    text = line(
        "What is to be done?",
        hint="Begin with a verb and name nobody: “Ask the court for the date of the hearing”.",
        required="Enter what is to be done",
        width=30,
    )
    why = text_box("Why, and what should they know?", hint=LEAVE_OUT, rows=3)
    to: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        queryset=None,
        to_field_name="key",
        label="Who should do it?",
        empty_label="Choose a person",
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"required": "Choose a person", "invalid_choice": "Choose a person"},
    )
    due = DatePartsField(label="By which day?", required=True)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_people(self, "to", people)

    def clean_due(self) -> dt.date:
        found: dt.date = self.cleaned_data["due"]
        if found < timezone.localdate():
            raise ValidationError("By which day? must be today or later", code="past")
        return found
