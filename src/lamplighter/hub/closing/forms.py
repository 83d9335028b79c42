"""Forms of a closing. They hold what was typed; the services decide whether it is possible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.access.concurrent_edits import VersionForm
from lamplighter.hub.accounts.models import User
from lamplighter.hub.closing import policies, rules
from lamplighter.hub.closing.models import Answer, Considered, Signature
from lamplighter.hub.design.fields import named, offer, radios, text_box
from lamplighter.hub.victim_side.forms.parts import WhenForm, choices

SHARED_HINT = (
    "Everybody who works on the case reads this. Leave out what was told in confidence, and any address."
)


class OutcomeForm(VersionForm):
    """The outcome that somebody proposes, and why."""

    use_required_attribute = False

    outcome = radios("Which outcome is proposed?", required="Choose an outcome")
    reason = text_box("Why?", hint=SHARED_HINT, required="Enter a reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = rules.dropping(timezone.localdate())
        offer(self, "outcome", [(code, f"{code}: {row.title}") for code, row in found.items()])


class OverrideForm(OutcomeForm):
    """The same, and which senior is asked to let it pass although something is missing."""

    senior = forms.ChoiceField(
        label="Which senior do you ask?",
        help_text="Neither you nor whoever proposed the outcome. Their name and reason are published.",
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"required": "Choose the senior who is asked", "invalid_choice": "Choose a person"},
    )

    def __init__(self, *args: Any, could: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.could = {str(p.key): p for p in could}
        self.fields["reason"].label = "Why is it right to drop the case although something is missing?"
        offer(self, "senior", [("", "Choose a person"), *((str(p.key), named(p)) for p in could)])


class ConsideredForm(forms.Form):
    """Findings of what was looked at, each of the three by itself; an empty one is not recorded."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        for what in Considered.What:
            found = forms.MultipleChoiceField(
                label=what.label,
                required=False,
                widget=forms.CheckboxSelectMultiple(attrs={"small": True, "label_size": "m"}),
                choices=list(policies.choices(what, today).items()),
            )
            self.fields[f"{what}_found"] = found
            self.fields[f"{what}_words"] = text_box(f"{what.label}: findings", rows=3)

    def given(self) -> list[tuple[str, list[str], str]]:
        """Return what was filled in, of the three."""
        values = self.cleaned_data
        rows = [(w.value, values[f"{w}_found"], values[f"{w}_words"]) for w in Considered.What]
        return [row for row in rows if row[1] or row[2].strip()]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not self.given():
            self.add_error(None, "Record at least one of the three")
        return values


class SignForm(forms.Form):
    use_required_attribute = False

    capacity = radios("You sign as", required="Choose as what you sign")
    answer = radios("Do you agree?", Answer.choices, required="Say whether you agree")
    words = text_box("Why?", hint=SHARED_HINT, required="Enter a reason", rows=3)

    def __init__(self, *args: Any, capacities: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "capacity", [(c, Signature.Capacity(c).label) for c in capacities])
        if len(capacities) == 1:
            self.fields["capacity"].initial = capacities[0]


class AnswerForm(forms.Form):
    use_required_attribute = False

    answer = radios(
        "May the case be dropped although this is missing?",
        [(Answer.AGREED.value, "Yes"), (Answer.REFUSED.value, "No")],
        required="Say whether the case may be dropped",
    )
    words = text_box("Why?", hint=SHARED_HINT, required="Enter a reason", rows=3)


class ToldForm(WhenForm):
    """Manner and time of telling the victim of the decision, and of the right to a review."""

    channel = radios("How was the victim told?", lambda: choices("contact_channels"), required="Choose how")
    words = text_box(
        "How was the right to a review explained?",
        hint="Who decides, how to ask and by when. Read by your own side.",
        required="Enter how the right to a review was explained",
        rows=3,
    )


class ReviewForm(forms.Form):
    """The right to a review alone, where the victim was told of the decision already."""

    use_required_attribute = False

    words = text_box(
        "How was the right to a review explained?",
        hint="Who decides, how to ask and by when. Read by your own side.",
        required="Enter how the right to a review was explained",
        rows=3,
    )
