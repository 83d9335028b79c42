"""Forms of checks and warnings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.access.concurrent_edits import VersionForm
from lamplighter.hub.design.fields import offer, radios, text_box
from lamplighter.hub.safeguarding import rules
from lamplighter.hub.safeguarding.models import Answer, CheckAnswer, HowSoon, InDanger
from lamplighter.hub.safeguarding.policies import LONGEST_MESSAGE

KNOWN = CheckAnswer.Known.choices


class AskForm(forms.Form):
    """On what footing the work is to be."""

    required = radios(
        "Is the work voluntary or required?",
        (
            ("no", "Voluntary"),
            ("yes", "Required by a court, a licence or an order"),
        ),
        required="Choose whether the work is voluntary or required",
    )


class SignForm(VersionForm):
    """The questions of the check. Only the last answer is told to who asked."""

    told = radios(
        "Has the victim been told of the work?",
        CheckAnswer.Told.choices,
        required="Say whether the victim has been told of the work",
        inline=True,
    )
    told_why = radios("If not, why?", CheckAnswer.Why.choices)
    supported = radios(
        "Are they supported?", KNOWN, required="Say whether the victim is supported", inline=True
    )
    plan = radios(
        "Has their safety plan been looked at since you were asked?",
        KNOWN,
        required="Say whether the safety plan has been looked at",
        inline=True,
    )
    exposed = radios(
        "Could where they are, or their routine, come out through the work?",
        KNOWN,
        hint="For example: the same building, the same day, the same bus.",
        required="Say whether where they are, or their routine, could come out",
        inline=True,
    )
    words = text_box("Notes (optional)", hint="Read by advocates of the case only.", rows=3)
    answer = radios(
        "Your answer",
        Answer.choices,
        hint="This alone is told to who asked.",
        required="Choose “go on” or “not yet”",
    )


class WarnForm(forms.Form):
    """Ask for the person warned, how soon, what was heard, and a message to act on."""

    use_required_attribute = False
    in_danger = forms.MultipleChoiceField(
        label="Who may be in danger?",
        help_text="Select all that apply.",
        choices=InDanger.choices,
        widget=forms.CheckboxSelectMultiple(attrs={"small": True, "label_size": "s"}),
        error_messages={"required": "Choose who may be in danger"},
    )
    how_soon = radios("How soon?", HowSoon.choices, required="Choose how soon")
    message = text_box(
        "Message to act on",
        hint="Sent to the police, the advocate and the coordinator. Say what to do, in your own words, in "
        f"{LONGEST_MESSAGE} characters or less. For example: Check on the victim tonight, and go with them "
        "to work tomorrow. Do not tell the suspect that we said so.",
        required="Enter the message to act on",
        rows=3,
    )
    heard = text_box(
        "What you heard or saw",
        hint="Stays on your side of the case. It is not sent.",
        required="Enter what you heard or saw",
        rows=4,
    )
    basis = radios("Legal basis", required="Choose the legal basis")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = rules.bases(timezone.localdate())
        offer(self, "basis", [(code, row.title) for code, row in rows.items()])
        hints = {code: row.extra["hint"] for code, row in rows.items() if "hint" in row.extra}
        self.fields["basis"].widget.attrs["hints"] = hints
