"""Forms of exhibits. Who will read it is said in the form, before anything is sent."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, Self

from django import forms
from django.utils import timezone

from lamplighter.hub.casework.forms import TimeOfDay, WithReaders
from lamplighter.hub.design.fields import DatePartsField, line, offer, radios, text_box
from lamplighter.hub.evidence.models import DeviceStep, Exhibit

Kind = Exhibit.Kind
ELSEWHERE = [(k.value, k.label) for k in (Kind.FILM, Kind.DEVICE, Kind.OBJECT)]


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    widget = Files

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        listed = data if isinstance(data, list | tuple) else [data] if data else []
        if not listed:
            raise forms.ValidationError("Choose the file or files", code="required")
        # An empty one is refused by itself, with the others taken in.
        return list(listed)


def _time(label: str = "At what time?") -> TimeOfDay:
    return TimeOfDay(
        label=label,
        help_text="For example, 5pm, 7:30am or 17:00.",
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"width": 10, "autocomplete": "off", "label_size": "s"}),
    )


class Dated(forms.Form):
    """A form with a day and, where it is known, a time."""

    use_required_attribute = False

    def moment(self) -> dt.datetime:
        """Return the moment that was entered: noon, or now where that is earlier, without a time."""
        day, time = self.cleaned_data["day"], self.cleaned_data["time"]
        entered = timezone.make_aware(dt.datetime.combine(day, time or dt.time(12)))
        return entered if time else min(entered, timezone.now())


class Told(Dated, WithReaders):
    """Ask of anything that comes what it is, from whom, how and when."""

    title = line(
        "What is it?",
        hint="For example, “Screenshots of messages, 3 to 9 October”. Name nobody and give no address.",
        required="Enter what it is",
        width=30,
    )
    source = radios("Where did it come from?", Exhibit.Source.choices, required="Choose where it came from")
    came_from = line("Who handed it over?", hint="Name and role, for example “PC Reed, Force A”.", width=30)
    came_how = line(
        "How did it come to you?",
        hint="For example, “The victim emailed it to me” or “copied from the tram company’s disc”.",
        required="Enter how it came to you",
        width=30,
    )
    day = DatePartsField(
        label="When was it handed over?", latest=timezone.localdate, initial=timezone.localdate
    )
    time = _time()
    reference = line("Exhibit number, if it has one already", hint="For example, SR/1.", width=10)

    def told(self) -> dict[str, Any]:
        """Return what services ask for."""
        names = ("title", "source", "came_from", "came_how", "reference")
        return {name: self.cleaned_data[name] for name in names} | {"came_at": self.moment()}


class SendForm(Told):
    field_order = ("files", "title", "source", "came_from", "came_how", "day", "time", "reference", "side")
    files = FilesField(  # type: ignore[assignment]  # Django takes fields out of the class
        label="The files",
        help_text="Several at once: each becomes an exhibit, in this order. Pictures, PDF, Word, Excel, "
        "email, exports of messages, sound and film. What a phone holds is not read out here: send what "
        "its owner exports from it, or what police have taken from it.",
        widget=Files(attrs={"label_size": "s"}),
    )


class ElsewhereForm(Told):
    field_order = (
        *("kind", "title", "held_by", "link", "sha256", "source", "came_from", "came_how"),
        *("day", "time", "reference", "side"),
    )
    kind = radios("What is it?", ELSEWHERE, required="Choose what it is")
    held_by = line(
        "Who holds it?", hint="For example, “Force A, digital evidence”.", required="Enter who holds it"
    )
    link = line(
        "Where is it kept?",
        hint="Number or link in that system. It is kept as text: the hub never opens it.",
        width=30,
    )
    sha256 = line("Its SHA-256, if the holder gave one", hint="64 digits and letters.", width=30)

    def told(self) -> dict[str, Any]:
        """Return what services ask for."""
        return super().told() | {name: self.cleaned_data[name] for name in ("held_by", "link", "sha256")}


class MoveForm(Dated):
    from_whom = line("Who handed it over?", required="Enter who handed it over", width=30)
    to_whom = line("Who took it?", required="Enter who took it", width=30)
    why = line(
        "Why?", hint="For example, “For examination”.", required="Enter why it was handed over", width=30
    )
    where = line("Where is it kept now?", width=30)
    seal = line("Number of the seal or bag", width=10)
    day = DatePartsField(label="When was it?", latest=timezone.localdate, initial=timezone.localdate)
    time = _time()


class StepForm(forms.Form):
    use_required_attribute = False
    step = radios("What happened?", DeviceStep.Step.choices, required="Choose what happened")
    day = DatePartsField(label="On which day?", latest=timezone.localdate, initial=timezone.localdate)
    result = radios("If a result came back, what is it?", [("", "No result yet"), *DeviceStep.Result.choices])
    words = line("What was found, or why not?", width=30)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"].required = False


class SupportForm(forms.Form):
    use_required_attribute = False
    words = text_box("What does it show?", required="Enter what it shows", rows=3)


class LinksForm(forms.Form):
    """Ask which of several things go together. What was not changed here is left as others have it."""

    use_required_attribute = False
    chosen = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple(attrs={"small": True, "label_size": "s"})
    )
    was = forms.CharField(required=False, widget=forms.HiddenInput)
    offered: frozenset[uuid.UUID] = frozenset()

    @classmethod
    def of(cls, data: Any, choices: Sequence[tuple[str, str]], linked: Iterable[uuid.UUID]) -> Self:
        """Return the form with what is linked now ticked."""
        keys = [str(k) for k in linked]
        made = cls(data, initial={"chosen": keys, "was": " ".join(keys)})
        made.offered = frozenset(uuid.UUID(key) for key, _ in choices)
        offer(made, "chosen", choices)
        return made

    def clean_was(self) -> set[uuid.UUID]:
        try:
            return {uuid.UUID(k) for k in self.cleaned_data["was"].split()}
        except ValueError:
            raise forms.ValidationError("Look at the page again") from None

    def changes(self) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
        """Return what was ticked and what was unticked since the page was shown."""
        chosen = {uuid.UUID(k) for k in self.cleaned_data["chosen"]}
        was = self.cleaned_data["was"]
        return chosen - was, (was - chosen) & self.offered


class IncidentsForm(LinksForm):
    """Ask which incidents an exhibit shows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].label = "Which incidents does it show?"
        self.fields[
            "chosen"
        ].help_text = "Untick one to take its link back. Papers name the exhibits beside it."


class ExhibitsForm(LinksForm):
    """Ask which exhibits show an incident."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].label = "Which exhibits show it?"
        self.fields["chosen"].help_text = "Untick one to take its link back."


class OpeningForm(forms.Form):
    use_required_attribute = False
    reason = line(
        "Why is it opened all the same?",
        hint="It stands in the audit log with your name.",
        required="Enter why it is opened all the same",
        width=30,
    )


class RedactForm(forms.Form):
    use_required_attribute = False
    areas = text_box(
        "Which squares are to go?", hint="One part on a line: B2, or B2:D4 for all from B2 to D4.", rows=4
    )
    words = text_box("Which words are to go?", hint="One text on a line, as it stands in the file.", rows=4)
    why = line(
        "Why is the copy made, and for whom?",
        hint="For example, “For the court: address taken out”. Do not repeat what is taken out.",
        required="Enter why the copy is made, and for whom",
        width=30,
    )

    def __init__(self, *args: Any, kind: str, texts: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["areas" if texts else "words"]
        if kind == "pdf":
            self.fields[
                "areas"
            ].help_text = "One part on a line, with the number of the page before it: 3: B2:D4."
