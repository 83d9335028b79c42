"""Forms of the plan: measures, scenarios, actions, and the victim's own view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from lamplighter.hub.access.concurrent_edits import VersionForm
from lamplighter.hub.accounts.models import User
from lamplighter.hub.design.fields import DatePartsField, line, offer, radios, text_box
from lamplighter.hub.risk.forms import SHARED_HINT, by_day, people, person
from lamplighter.hub.risk.models import MeasureState
from lamplighter.hub.risk.policies import Action


class MeasureForm(VersionForm):
    use_required_attribute = False
    state = radios("How does it stand?", MeasureState.State.choices, required="Choose how the measure stands")
    words = text_box(
        "What was done, by whom, or why not?",
        hint=SHARED_HINT,
        required="Enter what was done, by whom, or why it is not for this case",
    )


class ScenarioForm(VersionForm):
    use_required_attribute = False
    what = text_box("What could happen?", hint=SHARED_HINT, required="Enter what could happen", rows=3)
    whom = text_box("To whom?", required="Enter to whom it could happen", rows=2)
    signs = text_box("What would show that it is coming?", rows=3)
    response = text_box("What do you do about it?", required="Enter what you do about it", rows=3)
    mind = text_box(
        "What would change your mind?",
        hint="What you would have to learn to think it more or less likely.",
        required="Enter what would change your mind",
        rows=3,
    )
    why = text_box("Why do you change it?", rows=2)
    ended = forms.BooleanField(label="Take this scenario out of the plan", required=False)

    def __init__(self, *args: Any, new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if new:
            del self.fields["why"], self.fields["ended"]


class ActionForm(forms.Form):
    use_required_attribute = False
    text = line("What is to be done?", hint=SHARED_HINT, required="Enter what is to be done", width=30)
    to = person("Who does it?", required="Choose who does it")
    by = by_day("By when?", required=True)
    scenario = forms.ChoiceField(label="For which scenario?", required=False, widget=forms.Select())

    def __init__(
        self, *args: Any, could: Sequence[User], scenarios: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.could = {str(p.key): p for p in could}
        offer(self, "to", people(could))
        offer(self, "scenario", [("", "For the case as a whole"), *scenarios])

    def action(self) -> Action:
        given = self.cleaned_data
        return Action(given["text"], self.could[given["to"]], given["by"])


class ViewForm(VersionForm):
    """The victim's view. What the others read of it is written apart, and only where the victim agreed."""

    use_required_attribute = False
    words = text_box(
        "What does the victim say about the danger and the plan?",
        hint="Read by advocates on this case alone.",
        required="Enter the victim’s view",
        rows=5,
    )
    shared = text_box(
        "What may everybody on the case read of it?",
        hint="Only words that the victim agreed to. Those who work with the suspect read them. Leave it "
        "empty to share nothing; what was shared before then ends.",
    )
    until = DatePartsField(label="Until when may they read it?", required=False)
    how = radios("How did the victim agree?", small=True)

    def __init__(self, *args: Any, hows: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "how", hows)
