"""Forms about reaching the victim, and about how that is safe."""

from __future__ import annotations

from typing import Any

from django import forms

from lamplighter.hub.access.concurrent_edits import VersionForm
from lamplighter.hub.design.fields import ClockField, offer, radios, text_box
from lamplighter.hub.victim_side.forms.parts import WhenForm, choices, several
from lamplighter.hub.victim_side.models import Contact, SafeContact
from lamplighter.hub.victim_side.policies import DAYS

WINDOWS = 2


class ContactForm(WhenForm):
    """A contact, made or about to be made, and what came of it if that is known."""

    direction = radios(
        "Who reached out", Contact.Direction.choices, inline=True, required="Choose who reached out"
    )
    channel = radios("How", lambda: choices("contact_channels"), required="Choose how")
    words = text_box("What is said or sent", hint="Leave empty if nothing was said. Name no place.", rows=3)
    result = forms.ChoiceField(
        label="Outcome",
        required=False,
        choices=lambda: [("", "Not known yet"), *choices("contact_results")],
    )
    agreed = text_box("What was agreed", rows=2)
    clock = forms.ChoiceField(label="Which task this answers", required=False)

    field_order = ("clock", "direction", "channel", "day", "time", "words", "result", "agreed")

    def __init__(self, *args: Any, tasks: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = [(str(task.key), task.text) for task in tasks]
        offer(self, "clock", [("", "None of them"), *options])
        if not options:
            del self.fields["clock"]


class QuickForm(forms.Form):
    """A task done where it stands: how, and what came of it, just now. One form a task, by its prefix."""

    channel = forms.ChoiceField(
        label="How",
        choices=lambda: [("", "Choose"), *choices("contact_channels")],
        error_messages={"required": "Choose how"},
    )
    result = forms.ChoiceField(
        label="Outcome",
        choices=lambda: [("", "Choose"), *choices("contact_results")],
        error_messages={"required": "Choose the outcome"},
    )
    agreed = forms.CharField(label="What was agreed", required=False, max_length=500)


class ResultForm(forms.Form):
    """Ask for the outcome of a contact that is written down already."""

    result = radios("Outcome", lambda: choices("contact_results"), required="Choose the outcome")
    agreed = text_box("What was agreed", rows=2)


class CadenceForm(VersionForm):
    """Ask how often to contact, after the first week."""

    days = forms.IntegerField(
        label="Every how many days",
        min_value=1,
        widget=forms.TextInput(attrs={"width": 3, "inputmode": "numeric"}),
        error_messages={
            "required": "Enter every how many days",
            "invalid": "Enter a number of days, such as 14",
            "min_value": "Enter a number of days, such as 14",
        },
    )
    words = text_box("What was agreed", rows=2)


class BrokenForm(WhenForm):
    """A contact that was made against the rule."""

    channel = radios("How", lambda: choices("contact_channels"), required="Choose how")
    words = text_box("What happened", required="Say what happened")


class LookForm(forms.Form):
    """Ask why the vault is opened."""

    reason = text_box(
        "Why do you need to see this?",
        rows=2,
        hint="For example: to call about the arrest. It is saved, with your name and the time.",
        required="Say why you need to see this",
    )


class SafeContactForm(forms.Form):
    """Ask how to contact the victim safely, and the rules of it."""

    no_contact = forms.BooleanField(label="Nobody may contact the victim for now", required=False)
    channels = several("Safe ways", "contact_channels", columns=False)
    text_first = forms.BooleanField(label="Text first: before a call, a voicemail or a visit", required=False)
    may_leave_message = forms.BooleanField(
        label="A message may be left if somebody else answers", required=False
    )
    phone = forms.CharField(
        label="Phone",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"width": 20, "autocomplete": "off"}),
    )
    email = forms.CharField(
        label="Email", required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    address = text_box("Address", rows=3)
    who_may_answer = text_box("Who might answer, and what to say to them", rows=2)
    must_not_be_told = text_box(
        "Who must not be told anything",
        hint="Relatives, a partner, an employer, a carer, anybody of the same community who would tell. "
        "Ask the victim, alone. They must not learn that you rang, wrote or came.",
        rows=2,
    )
    may_not_answer = text_box("Who may not answer for the victim", rows=2)
    may_not_interpret = text_box(
        "Who may not interpret",
        hint="Never a relative or a child. Ask whether one of the same community is safe.",
        rows=2,
    )
    asked_who = forms.BooleanField(
        label="The victim was asked, alone, who must not be told, answer or interpret",
        required=False,
    )
    language = forms.CharField(
        label="Language, if another than English",
        required=False,
        max_length=60,
        help_text="Welsh as well. With the dialect, where it matters",
        widget=forms.TextInput(attrs={"width": 20, "autocomplete": "off"}),
    )
    speech = text_box(
        "What the victim needs to speak and be understood",
        hint="Interpreter, intermediary, special measures, capacity: what, and who arranges it. "
        "Arranging it becomes a task.",
        rows=2,
    )
    parents_may = text_box(
        "If the victim is under 18: who with parental responsibility may be contacted", rows=2
    )
    parents_never = text_box(
        "If the victim is under 18: who with parental responsibility must never be contacted or told",
        hint="For example a parent who stalks, or who would tell the suspect.",
        rows=2,
    )
    school = text_box("School or college, and who there knows", rows=2)
    safe_word = forms.CharField(
        label="Safe word",
        required=False,
        max_length=60,
        help_text="Said when somebody is listening",
        widget=forms.TextInput(attrs={"width": 20, "autocomplete": "off"}),
    )
    words = text_box("What else matters", rows=2)
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, WINDOWS + 1):
            which = "Safe time" if n == 1 else "Another safe time"
            self.fields[f"days_{n}"] = forms.MultipleChoiceField(
                label=f"{which}: days",
                required=False,
                choices=[(str(i), name) for i, name in enumerate(DAYS)],
                widget=forms.CheckboxSelectMultiple(attrs={"small": True, "columns": True}),
                help_text="Select none for any day" if n == 1 else "",
            )
            self.fields[f"from_{n}"] = ClockField(label=f"{which}: from", required=False)
            self.fields[f"to_{n}"] = ClockField(label=f"{which}: until", required=False)

    @classmethod
    def showing(cls, rule: SafeContact | None) -> SafeContactForm:
        """The form with what stands now in it."""
        if rule is None:
            return cls(initial={"version": ""})
        plain = {name: getattr(rule, name) for name in cls.base_fields if name != "version"}
        readable = [window for window in rule.windows if isinstance(window, dict)]
        for n, window in enumerate(readable[:WINDOWS], start=1):
            plain[f"days_{n}"] = [str(day) for day in window["days"]]
            plain[f"from_{n}"], plain[f"to_{n}"] = window["from"], window["to"]
        return cls(initial=plain | {"version": str(rule.key)})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for n in range(1, WINDOWS + 1):
            times = [cleaned.get(f"{part}_{n}") for part in ("from", "to")]
            typed = any(times) or cleaned.get(f"days_{n}")
            if typed and None in times and not {f"from_{n}", f"to_{n}"} & {*self.errors}:
                self.add_error(f"from_{n}", "A safe time needs a beginning and an end")
        return cleaned

    def values(self) -> dict[str, Any]:
        """Columns of ``SafeContact``."""
        cleaned = self.cleaned_data
        plain = {name: cleaned[name] for name in self.base_fields if name != "version"}
        windows = [
            {
                "days": [int(day) for day in cleaned[f"days_{n}"]] or [*range(7)],
                "from": f"{cleaned[f'from_{n}']:%H:%M}",
                "to": f"{cleaned[f'to_{n}']:%H:%M}",
            }
            for n in range(1, WINDOWS + 1)
            if cleaned.get(f"from_{n}")
        ]
        return plain | {"windows": windows}
