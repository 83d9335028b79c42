"""Forms about the advocate, the victim's support, the impact, and the statement."""

from __future__ import annotations

from typing import Any

from django import forms

from lamplighter.hub.victim_side.forms.parts import VersionedForm, one_of, past_date, several, text_box
from lamplighter.hub.victim_side.models import StatementOffer, SupportEvent

ANSWERS = SupportEvent.Answer.choices


class AdvocateForm(VersionedForm):
    advocate = forms.ChoiceField(label="Advocate", error_messages={"required": "Choose the advocate"})
    since = past_date("Since")

    def __init__(self, *args: Any, people: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = [("", "Choose"), *((str(p.key), p.display_name) for p in people)]
        self.fields["advocate"].choices = options  # type: ignore[attr-defined]  # a ChoiceField


class SupportForm(VersionedForm):
    """A change of support: what, since when, why, and whether anybody pressed."""

    state = one_of("Now the victim", SupportEvent.State.choices, missing="Choose what is so now")
    since = past_date("Since")
    reasons = several("Why", "support_reasons", hint="All that are true.")
    words = text_box("In the victim's own words", required=False)
    others_present = one_of(
        "Was anybody else there, or on the line?", ANSWERS, missing="Say whether anybody else was there"
    )
    asked_to_stop = one_of(
        "Has anybody asked the victim to stop, or to change what was said?",
        ANSWERS,
        missing="Say whether anybody asked the victim to stop",
    )
    afraid_to_say = one_of(
        "Is the victim afraid of what happens if they go on?",
        ANSWERS,
        missing="Say whether the victim is afraid to go on",
    )
    pressure_words = text_box("What was said about that", required=False, rows=2)
    may_share = forms.BooleanField(
        label="The victim agrees that the other agencies know this (not why, and not these words)",
        required=False,
    )


class ImpactForm(forms.Form):
    """What it did to the victim, and what that shows."""

    happened_on = past_date("When")
    words = text_box("What it did, in the victim's own words", missing="Write what it did to the victim")
    elements = several("What this shows", "impact_elements", columns=False)
    effects = several("What changed in usual day-to-day activities", "impact_effects")


class StatementForm(VersionedForm):
    state = one_of(
        "Where the Victim Personal Statement stands",
        StatementOffer.State.choices,
        missing="Choose where it stands",
    )
    on = past_date("On")
    words = text_box("In the victim's own words", required=False, rows=2)
