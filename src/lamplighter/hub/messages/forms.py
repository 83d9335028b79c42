"""Forms of what the victim brings."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.design.fields import ClockField, DatePartsField, line, offer, radios, text_box
from lamplighter.hub.messages import policies
from lamplighter.hub.messages.grouping import CHANNELS, ROLES, SUSPECT
from lamplighter.hub.messages.models import Brought, Draft, Line
from lamplighter.hub.messages.pictures import Placed
from lamplighter.message_exports.dates import Order
from lamplighter.records.validation.limits import LONGEST_TEXT
from lamplighter.vocabulary.codes import code_set

_WORDS = "For example: exported by the victim on their own phone on 3 May, sent by email"


def channels() -> list[tuple[str, str]]:
    """Return the channels of today."""
    return [(c.code, c.title) for c in code_set("channels").on(timezone.localdate()).values()]


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        listed = data if isinstance(data, list | tuple) else [data] if data else []
        if not listed:
            raise forms.ValidationError("Choose the pictures", code="required")
        return [super(PicturesField, self).clean(one, initial) for one in listed]


class BringForm(forms.Form):
    use_required_attribute = False

    file = forms.FileField(
        label="The file",
        help_text="As the app wrote it: do not open or change it first.",
        widget=forms.ClearableFileInput(attrs={"label_size": "s"}),
        error_messages={"required": "Choose the file", "empty": "The file is empty. Export it again"},
    )
    words = line("How did it come here?", hint=_WORDS, width=30)

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        if sent.size > policies.LARGEST:
            raise forms.ValidationError(
                f"The file is larger than {policies.LARGEST // 2**20} MB. Export it without media"
            )
        return sent


class PicturesForm(forms.Form):
    use_required_attribute = False

    files = PicturesField(  # type: ignore[assignment]  # Django takes fields out of the class
        label="The pictures",
        help_text=f"All of them at once, {policies.MOST_PICTURES} or fewer. PNG, JPEG, HEIC, WebP or GIF.",
        widget=ManyFiles(attrs={"label_size": "s"}),
    )
    channel = forms.ChoiceField(
        label="What are they of?", required=False, widget=forms.Select(attrs={"label_size": "s"})
    )
    blocked = forms.BooleanField(
        label="The chat could not be exported: the app refused it",
        help_text="The other person can switch it off. That is behaviour too, and is recorded.",
        required=False,
    )
    words = line("How did they come here?", hint=_WORDS, width=30)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "channel", [("", "Several, or not known"), *channels()])


class AnswersForm(forms.Form):
    """Ask the order of day and month, where the file does not prove it, and who each sender is."""

    use_required_attribute = False

    def __init__(self, *args: Any, brought: Brought, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.senders = list(brought.senders)
        told = brought.account.get("order") or {}
        if told and not told["proved"]:
            example = brought.account.get("example") or ["", ""]
            names = [f" (the first date is {e})" if e else "" for e in example]
            self.fields["order"] = radios(
                "Is the day or the month first?",
                [(Order.DAY_FIRST, f"The day{names[0]}"), (Order.MONTH_FIRST, f"The month{names[1]}")],
                hint=f"{told['why']} Compare one message with the phone.",
                required="Say if the day or the month is first",
                label_size="m",
            )
        for number, name in enumerate(self.senders):
            self.fields[f"sender_{number}"] = radios(
                f"Who is “{name}”?",
                list(ROLES.items()),
                required=f"Say who “{name}” is",
                inline=True,
            )
            self.fields[f"sender_{number}"].initial = brought.senders[name] or None

    def chosen(self) -> dict[str, str]:
        """Return who each sender is."""
        return {name: self.cleaned_data[f"sender_{n}"] for n, name in enumerate(self.senders)}


class PlaceForm(forms.Form):
    """Ask about one picture of a set."""

    use_required_attribute = False

    order = forms.IntegerField(
        label="Place",
        min_value=1,
        max_value=10_000,
        widget=forms.TextInput(attrs={"width": 3, "inputmode": "numeric", "label_size": "s"}),
        error_messages={"required": "Enter its place", "invalid": "The place must be a number"},
    )
    overlaps = forms.BooleanField(label="It overlaps with the picture before it", required=False)
    on = DatePartsField(label="Date shown on it", required=False, latest=timezone.localdate)
    at = ClockField(label="Time", required=False)
    text = forms.CharField(
        label="What it says",
        help_text="Type or paste it. Without it, this is a picture, not searchable.",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "label_size": "s"}),
    )
    role = forms.ChoiceField(
        label="From",
        choices=list(ROLES.items()),
        widget=forms.Select(attrs={"label_size": "s"}),
    )

    @classmethod
    def of(cls, row: Line, data: Any = None) -> PlaceForm:
        """Return the form of one picture, with what its name says of it."""
        when = row.happened_at
        shown = {
            "order": row.place,
            "on": when.date() if when else None,
            "at": when.time() if when and row.precision == "exact" else None,
            "role": row.role or SUSPECT,
            "text": row.text,
        }
        return cls(data, prefix=f"p{row.place}", initial=shown)

    def placed(self) -> Placed:
        """Return the answers."""
        data = self.cleaned_data
        return Placed(data["order"], data["overlaps"], data["on"], data["at"], data["text"], data["role"])


class DraftForm(forms.Form):
    use_required_attribute = False

    words = forms.CharField(
        label="What happened",
        help_text="The hub reads these words as those of a report. The lines stay as they are.",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8, "label_size": "s"}),
        error_messages={"required": "Enter what happened"},
    )
    channel = radios("How did it happen?", columns=True)
    on = DatePartsField(label="Date", required=False, latest=timezone.localdate)
    at = ClockField(label="Time it began", help_text="Leave empty if only the day is known.", required=False)
    until = ClockField(label="Time it ended", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "channel", channels())

    @classmethod
    def of(cls, draft: Draft, data: Any = None) -> DraftForm:
        """Return the form with what the draft says."""
        start, end = draft.started_at, draft.ended_at
        exact = draft.precision in {"exact", "range"} and start is not None
        shown = {
            "words": draft.words,
            "channel": CHANNELS.get(draft.channel, draft.channel),
            "on": start.date() if start else None,
            "at": start.time() if exact and start else None,
            "until": end.time() if exact and end and end != start else None,
        }
        return cls(data, initial=shown)

    def told(self) -> dict[str, Any]:
        """Return what the service of a change takes."""
        data = self.cleaned_data
        on, at, until = data["on"], data["at"], data["until"]
        when: dict[str, Any]
        if on is None:
            when = {"started_at": None, "ended_at": None, "precision": "not_known"}
        elif at is None:
            start = dt.datetime.combine(on, dt.time())
            when = {"started_at": start, "ended_at": start.replace(hour=23, minute=59), "precision": "day"}
        else:
            start = dt.datetime.combine(on, at)
            end = dt.datetime.combine(on, until) if until else start
            when = {"started_at": start, "ended_at": end, "precision": "exact" if start == end else "range"}
        return {"words": data["words"], "channel": data["channel"], **when}


class LeaveOutForm(forms.Form):
    use_required_attribute = False

    reason = text_box("Why is it left out?", required="Say why it is left out", rows=2)


class PartForm(forms.Form):
    use_required_attribute = False

    lines = forms.MultipleChoiceField(
        label="Lines for a draft of their own",
        widget=forms.CheckboxSelectMultiple(attrs={"small": True, "label_size": "m"}),
        error_messages={"required": "Choose some of the lines"},
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "lines", choices)

    def chosen(self) -> list[uuid.UUID]:
        """Return the keys of the lines."""
        return [uuid.UUID(key) for key in self.cleaned_data["lines"]]


class JoinForm(forms.Form):
    use_required_attribute = False

    other = radios("Which draft belongs to this one?", required="Choose a draft", label_size="m")

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "other", choices)
