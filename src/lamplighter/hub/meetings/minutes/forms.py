"""Forms of the minutes: a line, and a correction of one's own. Who reads it is said before it is saved."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms

from lamplighter.hub.access.concurrent_edits import VersionForm
from lamplighter.hub.accounts.models import User
from lamplighter.hub.casework.forms import LEAVE_OUT, WithReaders
from lamplighter.hub.design.fields import DatePartsField, line, offer_people, radios, text_box
from lamplighter.hub.meetings.models import Line


class LineForm(WithReaders):
    """One line of the minutes."""

    field_order = ("token", "kind", "words", "doer", "due", "evidence", "side")
    token = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = radios("What is it?", Line.Kind.choices, required="Choose what it is")
    words = text_box("What was said?", hint=LEAVE_OUT, required="Enter what was said", rows=4)
    doer: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        queryset=None,
        to_field_name="key",
        required=False,
        label="Who does it?",
        empty_label="Choose a person",
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"invalid_choice": "Choose a person"},
    )
    due = DatePartsField(label="By which day?", required=False)
    evidence = line("What would show that it is done?", width=30)

    def __init__(self, *args: Any, people: Callable[[], Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = people
        # Most lines ask nobody for anything, and a meeting writes many at once: asked when it is needed.
        if self.data.get("doer"):
            self.offer_people()
        self.initial.setdefault("token", str(uuid.uuid4()))
        self.initial.setdefault("kind", Line.Kind.NOTE)

    def offer_people(self) -> None:
        """Let the form offer whoever could do it: before it is shown, or where somebody was chosen."""
        offer_people(self, "doer", self._people())

    def key(self) -> uuid.UUID:
        """Return what the form was given when it was shown: sent twice, it is one line."""
        try:
            return uuid.UUID(self.cleaned_data["token"])
        except ValueError:
            return uuid.uuid4()


class CorrectForm(VersionForm):
    """A correction of one's own line."""

    use_required_attribute = False
    words = text_box("What was said?", hint=LEAVE_OUT, rows=4)
    struck = forms.BooleanField(
        label="Strike it out: it should not have been written here",
        help_text="Its words are hidden from everybody outside your agency, and from the history. The task "
        "of an action is taken off the list.",
        required=False,
    )
    reason = line(
        "Why do you correct it?",
        hint="Read by everybody who can read the line.",
        required="Enter why you correct it",
        width=30,
    )
