"""Forms of what goes on beside a closing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.closing.forms import SHARED_HINT
from lamplighter.hub.closing.models import Answer, FileAudit, HandoverAnswer, IdentityDecision
from lamplighter.hub.design.fields import ClockField, DatePartsField, line, named, offer, radios, text_box

OWN_SIDE = "Read by your own side alone."


class Plain(forms.Form):
    use_required_attribute = False


class ReviewForm(Plain):
    asked_alone = radios(
        "Was the victim asked again about pressure, alone and in safety?",
        [("yes", "Yes"), ("no", "No, it was not safe or possible")],
        required="Say whether the victim was asked alone about pressure",
    )
    words = text_box(
        "What was looked at?",
        hint=f"The reason for withdrawing, the danger now, children, what has changed. {OWN_SIDE}",
        required="Enter what was looked at",
    )
    plan = text_box(
        "What is done now for the victim’s safety?",
        hint=OWN_SIDE,
        required="Enter what is done now for the victim’s safety",
        rows=3,
    )


class HandoverForm(Plain):
    to = forms.ChoiceField(
        label="Which agency on the case?",
        required=False,
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"invalid_choice": "Choose an agency from the list"},
    )
    service = line("Or which service or area outside?", hint="One that has no account here.", width=30)
    reason = text_box("Why?", hint=SHARED_HINT, required="Enter a reason", rows=3)

    def __init__(self, *args: Any, others: Sequence[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = {a.code: a for a in others}
        offer(self, "to", [("", "None of them"), *((a.code, a.name) for a in others)])


class HandoverAnswerForm(Plain):
    answer = radios("Is it accepted?", HandoverAnswer.Said.choices, required="Say whether it is accepted")
    who = line("Who of the service answered?", width=30)
    words = text_box("Why, and what happens next?", hint=SHARED_HINT, required="Enter a reason", rows=3)

    def __init__(self, *args: Any, outside: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not outside:
            del self.fields["who"]


class OutcomeForm(Plain):
    words = text_box("Outcome", hint=SHARED_HINT, required="Enter the outcome", rows=3)


class _When(Plain):
    day = DatePartsField(label="On which day?", required=True, latest=timezone.localdate)
    time = ClockField(
        label="At what time?",
        help_text="For example, 5pm, 7:30am or 17:00.",
        error_messages={"required": "Enter the time"},
    )

    def at(self) -> dt.datetime:
        """Return the moment that was entered."""
        values = self.cleaned_data
        return timezone.make_aware(dt.datetime.combine(values["day"], values["time"]))


class IdentifyForm(_When):
    pass


class DecideForm(Plain):
    decision = radios(
        "Is the victim told who it is?", IdentityDecision.Decision.choices, required="Choose an answer"
    )
    necessity = text_box("Necessity", hint="Why the victim needs to know, or does not.", rows=3)
    proportionality = text_box("Proportionality", hint="What exactly is told, to whom, and no more.", rows=3)
    risk_victim = text_box("Risk to the victim", hint="Of knowing, and of not knowing.", rows=3)
    risk_suspect = text_box("Risk to the suspect", hint="Of reprisal, self-harm, or a mistake.", rows=3)
    authoriser = forms.ChoiceField(
        label="Which senior authorises it?",
        help_text="Somebody else than you. Until they do, nobody tells the victim.",
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"required": "Choose who authorises it", "invalid_choice": "Choose a person"},
    )

    def __init__(self, *args: Any, could: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.could = {str(p.key): p for p in could}
        offer(self, "authoriser", [("", "Choose a person"), *((str(p.key), named(p)) for p in could)])
        for name in ("necessity", "proportionality", "risk_victim", "risk_suspect"):
            label = str(self.fields[name].label)
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = f"Enter the {label[0].lower()}{label[1:]}"


class AuthoriseForm(Plain):
    answer = radios("Do you authorise it?", Answer.choices, required="Say whether you agree")
    words = text_box("Why?", required="Enter a reason", rows=3)


class ToldForm(_When):
    message = text_box(
        "What was the victim told?",
        hint="The words of the message. Contact follows the rules of safe contact.",
        required="Enter the message",
        rows=3,
    )


class AuditForm(Plain):
    what = radios("What was the file audited for?", required="Choose what was audited")
    answer = radios("Is it so?", FileAudit.Said.choices, required="Say whether it is so", inline=True)
    words = text_box("Findings", required="Enter the findings", rows=3)

    def __init__(self, *args: Any, questions: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "what", list(questions.items()))
