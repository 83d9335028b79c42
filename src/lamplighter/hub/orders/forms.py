"""Forms of orders. They hold what was typed; the services decide whether it is possible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.access.concurrent_edits import VersionForm
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.casework.forms import LEAVE_OUT, WithReaders
from lamplighter.hub.design.fields import ClockField, DatePartsField, line, offer, radios, text_box
from lamplighter.hub.orders import rules
from lamplighter.hub.orders.models import ZONES, BreachAnswer, Decision, Order, StalkingCheck, Step, Term
from lamplighter.hub.orders.policies import Draft, Said

TERMS, MORE, MOST = 6, 2, 40
WORDS_HINT = (
    "As the order says it. Leave out every address: choose a zone, and write where it is in the vault."
)


def _date(label: str, *, hint: str = "", latest: Any = None, required: bool = False) -> DatePartsField:
    return DatePartsField(label=label, help_text=hint, latest=latest, required=required)


def _select(label: str, choices: Sequence[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, widget=forms.Select(attrs={"label_size": "s"})
    )


def kinds(form: forms.Form, name: str = "kind") -> None:
    """Offer the kinds of orders of today, with their hints."""
    found = rules.on("kind", timezone.localdate())
    offer(form, name, [(code, rule.title) for code, rule in found.items()])
    hints = {code: str(rule.extra["hint"]) for code, rule in found.items() if "hint" in rule.extra}
    form.fields[name].widget.attrs["hints"] = hints


class OrderForm(VersionForm, WithReaders):
    """One version of an order with its terms."""

    use_required_attribute = False

    kind = radios("Which order is it?", required="Choose which order it is")
    route = radios("How does it come about?", Order.Route.choices, required="Choose how it comes about")
    court = line("Court, or who set it", width=30)
    reference = line("Its reference (optional)", width=20)
    applied_on = _date("Applied for on", latest=timezone.localdate, hint="If it was applied for.")
    made_on = _date(
        "Made on", latest=timezone.localdate, hint="If it was made. Leave it empty while nobody has decided."
    )
    made_at = ClockField(label="At what time? (optional)", required=False)
    begins_on = _date("Holds from", hint="If it was made.")
    last_day = _date("Last day on which it holds")
    open_ended = forms.BooleanField(label="It holds until a further order", required=False)
    why = text_box("Why is it changed?", hint=LEAVE_OUT, rows=3)

    def __init__(
        self,
        *args: Any,
        user: User,
        on_case: Sequence[Agency],
        terms: int = 0,
        new: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, user=user, on_case=on_case, **kwargs)
        kinds(self)
        self.numbers = range(1, (TERMS if new else min(terms + MORE, MOST)) + 1)
        for number in self.numbers:
            self.fields[f"what_{number}"] = _select(f"Term {number}", [("", "No term"), *Term.What.choices])
            self.fields[f"words_{number}"] = text_box(
                f"Words of term {number}", hint=WORDS_HINT if number == 1 else "", rows=2
            )
            self.fields[f"zone_{number}"] = _select(
                f"Zone of term {number}", [("", "No zone"), *((z, z) for z in ZONES)]
            )
            self.fields[f"ends_{number}"] = _date(f"Last day of term {number}, if it ends sooner")
        if new:
            del self.fields["why"]

    def draft(self) -> Draft:
        """Return what was typed."""
        given = self.cleaned_data
        named = (
            *("kind", "route", "court", "reference", "applied_on", "made_on", "made_at", "begins_on"),
            *("last_day", "open_ended"),
        )
        said = (self._term(given, number) for number in self.numbers)
        return Draft(**{name: given[name] for name in named}, terms=tuple(term for term in said if term))

    @staticmethod
    def _term(given: Mapping[str, Any], number: int) -> Said | None:
        what, words, zone, ends = (given[f"{name}_{number}"] for name in ("what", "words", "zone", "ends"))
        return Said(what, words, zone, ends) if what or words.strip() or zone or ends else None


class StepForm(forms.Form):
    """Something that happened with an order."""

    use_required_attribute = False

    what = radios("What happened?", required="Choose what happened")
    on = _date("When?", required=True, hint="A hearing can be on a day to come.")
    time = ClockField(label="At what time? (optional)", required=False)
    by_whom = line("By whom?", hint="Of service: who served it. A role is enough.", width=30)
    how = line("How?", hint="Of service: for example, “handed over in person” or “in court”.", width=30)
    words = text_box("What else is known? (optional)", hint=LEAVE_OUT, rows=3)

    def __init__(self, *args: Any, steps: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "what", steps)


NOT_MADE = (Step.What.LEGAL, Step.What.APPLIED, Step.What.HEARING, Step.What.REFUSED, Step.What.WITHDRAWN)
MADE = (
    *(Step.What.SERVED, Step.What.NOTIFIED, Step.What.CHANGED, Step.What.HEARING, Step.What.DISCHARGED),
    *(Step.What.LET_END, Step.What.APPEALED, Step.What.APPEAL_LOST, Step.What.APPEAL_WON),
)


def steps(made: bool, notifies: bool) -> list[tuple[str, str]]:
    """Return what can happen with an order next."""
    found = MADE if made else NOT_MADE
    without = () if notifies else (Step.What.NOTIFIED, Step.What.CHANGED)
    return [(what.value, str(what.label)) for what in found if what not in without]


class DecideForm(VersionForm):
    """Decision to apply for an order or not, and why."""

    use_required_attribute = False

    what = radios("Is an order applied for?", required="Choose whether an order is applied for")
    ground = radios("If none is applied for: on which ground?")
    reason = text_box(
        "Your reason",
        hint="Everybody on the case reads this, those who work with the suspect too. "
        "Leave out addresses and what was told in confidence.",
        required="Enter your reason",
    )

    def __init__(self, *args: Any, at_court: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = rules.on("ground", timezone.localdate())
        offer(self, "ground", [(code, rule.title) for code, rule in found.items()])
        hints = {code: str(rule.extra["hint"]) for code, rule in found.items() if "hint" in rule.extra}
        self.fields["ground"].widget.attrs["hints"] = hints
        whats = [w for w in Decision.What if at_court or w != Decision.What.RESTRAINING]
        offer(self, "what", [(w.value, w.label) for w in whats])


class BreachForm(forms.Form):
    """Breach: of which terms, when and how."""

    use_required_attribute = False

    order = radios("Which order or condition was broken?", required="Choose what was broken")
    terms = forms.MultipleChoiceField(
        label="Which of its terms?",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"small": True, "label_size": "s"}),
    )
    happened_on = _date("On which day?", required=True, latest=timezone.localdate)
    time = ClockField(label="At what time? (optional)", required=False)
    words = text_box(
        "What happened, and how is it known?",
        hint=f"Everybody on the case reads this. {LEAVE_OUT} What the victim told you in confidence does not "
        "belong here.",
        required="Enter what happened",
    )

    def __init__(
        self,
        *args: Any,
        orders: Sequence[tuple[str, str]],
        terms: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        found = rules.on("kind", timezone.localdate())
        others = [
            (f"kind:{code}", f"Not recorded here: {r.title[0].lower()}{r.title[1:]}")
            for code, r in found.items()
        ]
        offer(self, "order", [*orders, *others])
        if terms:
            offer(self, "terms", terms)
        else:
            del self.fields["terms"]


class AnswerForm(forms.Form):
    use_required_attribute = False
    what = radios("How was it answered?", BreachAnswer.What.choices, required="Choose how it was answered")
    words = text_box(
        "Reason, or how it was done",
        hint="Of a reason: what the danger is now, to whom, and what is done in place of an arrest. "
        f"Everybody on the case reads this. {LEAVE_OUT}",
        required="Enter the reason, or what was done",
    )


class CheckForm(forms.Form):
    use_required_attribute = False
    found = radios(
        "Was it a further stalking offence?",
        StalkingCheck.Found.choices,
        required="Choose whether it was a further stalking offence",
    )
    words = text_box("Why?", hint=LEAVE_OUT, required="Enter why")


class ZoneForm(forms.Form):
    use_required_attribute = False
    name = radios("Which zone?", [(z, z) for z in ZONES], required="Choose the zone", inline=True)
    place = text_box(
        "Where is it?",
        hint="The address by itself, line by line. Words that repeat it are then refused everywhere else.",
        required="Enter where the zone is",
        rows=3,
    )
    reach = line("How far does it reach? (optional)", hint="For example, “200 metres around it”.", width=20)


def initial(order: Order, terms: Sequence[Term], applied_on: dt.date | None) -> dict[str, Any]:
    """Return what a form shows of a version that is changed."""
    named = ("kind", "route", "court", "reference", "begins_on", "last_day", "open_ended")
    found: dict[str, Any] = {name: getattr(order, name) for name in named}
    found |= {"version": str(order.key), "side": order.partition, "applied_on": applied_on}
    for number, term in enumerate(terms, 1):
        found |= {
            f"what_{number}": term.what,
            f"words_{number}": term.words,
            f"zone_{number}": term.zone,
            f"ends_{number}": term.last_day,
        }
    return found
