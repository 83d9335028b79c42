"""Forms about the advocate, the victim's support, the impact, and the statement."""

from __future__ import annotations

from typing import Any

from django import forms

from lamplighter.hub.access.concurrent_edits import VersionForm
from lamplighter.hub.design.fields import offer, radios, text_box
from lamplighter.hub.victim_side.forms.parts import past_date, several
from lamplighter.hub.victim_side.models import Offer, PublicFunds, StatementOffer, SupportEvent

ANSWERS = SupportEvent.Answer.choices


class AdvocateForm(VersionForm):
    advocate = forms.ChoiceField(label="Advocate", error_messages={"required": "Choose the advocate"})
    since = past_date("Since")

    def __init__(self, *args: Any, people: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = [("", "Choose"), *((str(p.key), p.display_name) for p in people)]
        offer(self, "advocate", options)


class SupportForm(VersionForm):
    """A change of support: what, since when, why, and whether anybody pressed."""

    state = radios("The victim now:", SupportEvent.State.choices, required="Choose what is so now")
    since = past_date("Since")
    reasons = several("Why", "support_reasons", hint="Select all that apply.")
    words = text_box("In the victim's own words")
    others_present = radios(
        "Was anybody else there, or on the line?", ANSWERS, required="Say whether anybody else was there"
    )
    asked_to_stop = radios(
        "Has anybody asked the victim to stop, or to change what was said?",
        ANSWERS,
        required="Say whether anybody asked the victim to stop",
    )
    afraid_to_say = radios(
        "Is the victim afraid of what happens if they go on?",
        ANSWERS,
        required="Say whether the victim is afraid to go on",
    )
    pressure_words = text_box("What was said about that", rows=2)
    may_share = forms.BooleanField(
        label="The victim agrees that the other agencies know this (not why, and not these words)",
        required=False,
    )


class ImpactForm(forms.Form):
    """Ask how it has affected the victim, and what that shows."""

    happened_on = past_date("When")
    words = text_box("What it did, in the victim's own words", required="Write what it did to the victim")
    elements = several("What this shows", "impact_elements", columns=False)
    effects = several("What changed in usual day-to-day activities", "impact_effects")


class StatementForm(VersionForm):
    state = radios(
        "Where the Victim Personal Statement stands",
        StatementOffer.State.choices,
        required="Choose its status",
    )
    on = past_date("On")
    words = text_box("In the victim's own words", rows=2)


class OfferForm(forms.Form):
    """An offer of an advocate or of an assessment of needs, and the answer."""

    use_required_attribute = False
    what = radios("What was offered?", Offer.What.choices, required="Choose what was offered")
    answer = radios(
        "What did the victim answer?", Offer.Answer.choices, required="Choose what the victim answered"
    )
    on = past_date("On which day?")
    words = text_box("In the victim's own words", rows=2)


class FundsForm(VersionForm):
    recourse = radios(
        "Has the victim recourse to public funds?",
        PublicFunds.Recourse.choices,
        required="Choose whether the victim has recourse to public funds",
    )
    words = text_box(
        "What is known, and what the victim wants",
        hint="Only advocates read this. Write down no more of the victim’s status than you need.",
        rows=3,
    )
