"""Forms of risk. They hold what was typed; the services decide whether it is possible."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils import timezone

from lamplighter.hub.access.concurrent_edits import VersionForm
from lamplighter.hub.accounts.models import User
from lamplighter.hub.design import reasons
from lamplighter.hub.design.fields import DatePartsField, line, named, offer, radios, text_box
from lamplighter.hub.risk import rules
from lamplighter.hub.risk.levels import JUDGEMENTS, Level
from lamplighter.hub.risk.models import Current, LowerAnswer
from lamplighter.hub.risk.policies import LEAST_REASON, Action, Draft, Said
from lamplighter.hub.site.refusals import NotPossibleError

SHARED_HINT = (
    "Everybody on the case reads this, those who work with the suspect too. Leave out addresses and what was "
    "told in confidence."
)
ACTIONS = (1, 2, 3)
NOBODY = ("", "Choose a person")


def boxes(label: str, *, hint: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        help_text=hint,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"small": True, "label_size": "s"}),
    )


def person(label: str, *, hint: str = "", required: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        required=bool(required),
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"required": required, "invalid_choice": "Choose a person"},
    )


def by_day(label: str, *, required: bool = False) -> DatePartsField:
    return DatePartsField(label=label, required=required)


def people(could: Sequence[User]) -> list[tuple[str, str]]:
    return [NOBODY, *((str(p.key), named(p)) for p in could)]


def levels_asked(on: dt.date) -> dict[str, forms.ChoiceField]:
    """Return the question of each judgement, with the titles and hints of a day."""
    words, titles = rules.on("level", on), rules.on("judgement", on)
    hints = {code: str(rule.extra.get("hint", "")) for code, rule in words.items()}
    asked = {}
    for name in JUDGEMENTS:
        title = titles[name].title
        asked[name] = radios(
            title,
            Level.choices,
            hint=str(titles[name].extra.get("hint", "")),
            required=f"Choose a level: {title}",
            hints=hints,
        )
    return asked


class AssessForm(VersionForm):
    """Four judgements, each with its reasons and incidents; and what a high or a lower level asks for."""

    use_required_attribute = False

    current = radios(
        "Is the stalking current?", Current.choices, required="Say whether the stalking is current"
    )
    current_words = text_box(
        "How is that known?", required="Enter how it is known whether the stalking is current", rows=3
    )
    changed = text_box("What has changed since the last assessment?", rows=3)
    answers_for = person(
        "Who answers for what is done?",
        hint="Needed where a level is high: one person, who sees that the actions are taken.",
    )
    grounds = boxes(
        "If a level is lower than before: on which grounds?",
        hint="A completed programme is no ground: it was not found to make a difference.",
    )
    asked = person(
        "If a level is lower than before: who of another agency is asked to agree?",
        hint="Until they do, the level stays as it is.",
    )

    def __init__(
        self,
        *args: Any,
        user: User,
        could: Sequence[User],
        incidents: Sequence[tuple[str, str]],
        beside: Sequence[tuple[str, str]],
        instruments: Sequence[tuple[str, str]],
        first: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.could = {str(p.key): p for p in could}
        self.incidents, self.beside = Listed(self, incidents), beside
        kinds = "Incidents, breaches and orders" if beside else "Incidents"
        self.fields["current"].help_text = ""
        for name, level in levels_asked(today).items():
            self.fields[name] = level
            self.fields[f"{name}_why"] = text_box(
                f"Reasons: {JUDGEMENTS[name].lower()}", hint="If it is not known: what is missing.", rows=3
            )
            cites = boxes(f"{kinds}: {JUDGEMENTS[name].lower()}")
            cites.choices = [*beside, *self.incidents.under(f"{name}_cites")]
            self.fields[f"{name}_cites"] = cites
        self.fields["find"] = line("Find an incident", hint="Words of its line, such as an act or an agency.")
        self.fields["listed"] = forms.IntegerField(required=False, widget=forms.HiddenInput())
        if instruments:
            self.fields["instruments"] = boxes(
                "On which submitted instruments does your judgement rest?",
                hint="Only those who can read an instrument see that it is named here.",
            )
            offer(self, "instruments", instruments)
        for number in ACTIONS:
            self.fields[f"action_{number}"] = line(f"Action {number}", width=30)
            self.fields[f"action_{number}_to"] = person(f"Who does action {number}?")
            self.fields[f"action_{number}_by"] = by_day(f"Action {number} by")
            offer(self, f"action_{number}_to", people(could))
        offer(self, "answers_for", people(could))
        others = [p for p in could if p.agency_id != user.agency_id]
        offer(self, "asked", people(others))
        offer(self, "grounds", [(code, rule.title) for code, rule in rules.on("ground", today).items()])
        if first:
            for name in ("changed", "grounds", "asked"):
                del self.fields[name]

    def as_typed(self) -> None:
        """Show again what was typed, unchecked: nobody has sent it yet."""
        self._errors = ErrorDict()
        self.data = data = cast("QueryDict", self.data).copy()
        data["listed"] = str(self.incidents.most)

    def draft(self) -> Draft:
        """Return what was typed. Raises ``NotPossibleError`` for half an action."""
        given = self.cleaned_data
        judged = {
            name: Said(given[name], given[f"{name}_why"], tuple(_key(k) for k in given[f"{name}_cites"]))
            for name in JUDGEMENTS
        }
        return Draft(
            given["current"],
            given["current_words"],
            judged,
            given.get("changed", ""),
            self.could.get(given["answers_for"]),
            tuple(filter(None, (self._action(given, number) for number in ACTIONS))),
            tuple(given.get("grounds", ())),
            self.could.get(given.get("asked", "")),
            tuple(_key(key) for key in given.get("instruments", ())),
        )

    def _action(self, given: Mapping[str, Any], number: int) -> Action | None:
        name = f"action_{number}"
        text, to, by = given[name].strip(), self.could.get(given[f"{name}_to"]), given[f"{name}_by"]
        if not (text or to or by):
            return None
        if not text:
            raise NotPossibleError(f"Enter what is to be done as action {number}.", name)
        if to is None:
            raise NotPossibleError(f"Choose who does action {number}.", f"{name}_to")
        if by is None:
            raise NotPossibleError(f"Enter by when action {number} is done.", f"{name}_by")
        return Action(text, to, by)


def _key(text: str) -> uuid.UUID:
    return uuid.UUID(text)


class Listed:
    """The incidents that a form lists under each judgement: the latest, or those found; and what was chosen.

    Where there are more than ``AT_ONCE``, a button lists more of them, or those with words looked for. The
    form comes back as it was typed, unchecked.
    """

    AT_ONCE = 40

    def __init__(self, form: AssessForm, incidents: Sequence[tuple[str, str]]) -> None:
        self.form, self.every = form, incidents
        self.is_asked = "list" in form.data
        said = form.data.get("listed", "")
        before = int(said) if said.isdecimal() and len(said) < 6 else self.AT_ONCE
        self.most = before + self.AT_ONCE * (form.data.get("list") == "more")
        words = form.data.get("find", "").casefold().split()
        self.found = [row for row in incidents if all(word in row[1].casefold() for word in words)]

    @property
    def is_long(self) -> bool:
        return len(self.every) > self.AT_ONCE

    @property
    def shown(self) -> int:
        return min(self.most, len(self.found))

    def under(self, name: str) -> list[tuple[str, str]]:
        """Return those that are listed under a judgement; chosen ones stay, wherever they stand."""
        chosen = {*self.form.data.getlist(name)} if hasattr(self.form.data, "getlist") else set()
        keys = {key for key, _ in self.found[: self.most]} | chosen
        return [row for row in self.every if row[0] in keys]


class AnswerForm(forms.Form):
    use_required_attribute = False
    answer = radios(
        "Do you agree that it is lower?",
        [
            (LowerAnswer.Answer.AGREED, "I agree that it is lower"),
            (LowerAnswer.Answer.REFUSED, "I do not agree: the level stays"),
        ],
        required="Say whether you agree",
    )
    words = reasons.reason(
        "Your reason",
        hint=SHARED_HINT,
        least=(LEAST_REASON, f"Enter your reason in at least {LEAST_REASON} characters"),
        size="s",
    )
