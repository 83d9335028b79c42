"""Forms of lines of enquiry. They hold what was typed; the services decide whether it is possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.design.fields import DatePartsField, line, named, offer, radios, text_box
from lamplighter.hub.enquiries.models import LineState
from lamplighter.hub.enquiries.selectors import Standing
from lamplighter.hub.enquiries.services import Given

NOBODY = ("", "Nobody yet")


def _person(label: str, could: Sequence[User]) -> forms.ChoiceField:
    field = forms.ChoiceField(
        label=label,
        required=False,
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"invalid_choice": "Choose a person"},
    )
    field.choices = [NOBODY, *((str(p.key), named(p)) for p in could)]
    return field


class LinesForm(forms.Form):
    """States of some lines, on one page; ``seen`` of each is the state that the page showed."""

    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        lines: Sequence[Standing],
        titles: Mapping[Any, str],
        could: Mapping[Any, Sequence[User]],
        days: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        self.could = {key: {str(p.key): p for p in people} for key, people in could.items()}
        for one in lines:
            key = str(one.row.key)
            title = titles[one.row.key]
            seen = forms.CharField(required=False, widget=forms.HiddenInput, initial=one.seen)
            state = radios(
                f"{title}: where does it stand?",
                LineState.State.choices,
                required=f"Say where “{title}” stands",
                inline=True,
            )
            state.initial = one.state
            words = text_box(f"{title}: outcome, or why not", rows=2)
            words.initial = one.newest.words if one.newest else ""
            doer = _person(f"{title}: who does it?", could[one.row.key])
            doer.initial = str(one.doer.key) if one.doer else ""
            self.fields |= {f"{key}-seen": seen, f"{key}-state": state, f"{key}-words": words}
            self.fields[f"{key}-doer"] = doer
            if days:
                due_on = one.newest.due_on if one.newest else one.row.due_on
                self.fields[f"{key}-due_on"] = DatePartsField(label="Done by", required=False, initial=due_on)

    def given(self) -> list[Given]:
        """Return what was changed, of each line that was."""
        found = []
        for one in self.lines:
            values = {n: self.cleaned_data.get(f"{one.row.key}-{n}") for n in ("state", "words", "doer")}
            doer = self.could[one.row.key].get(values["doer"] or "")
            before = one.newest
            due_on = self.cleaned_data.get(f"{one.row.key}-due_on") or (
                before.due_on if before else one.row.due_on
            )
            said = str(values["words"] or "").strip()
            same = (values["state"], said, doer, due_on) == (
                one.state,
                before.words if before else "",
                one.doer,
                before.due_on if before else one.row.due_on,
            )
            if not same:
                seen = str(self.cleaned_data.get(f"{one.row.key}-seen") or "")
                found.append(Given(one, str(values["state"]), said, doer, due_on, seen))
        return found


class AddForm(forms.Form):
    use_required_attribute = False

    title = line("What is to be found out, and from whom?", required="Enter the line of enquiry", width=30)
    why = text_box("Why?", required="Enter why it stands on this case", rows=3)
    due_on = DatePartsField(label="By when?", required=True)
    doer = forms.ChoiceField(
        label="Who does it?",
        required=False,
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"invalid_choice": "Choose a person"},
    )

    def __init__(self, *args: Any, could: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.could = {str(p.key): p for p in could}
        offer(self, "doer", [("", "You"), *((str(p.key), named(p)) for p in could)])
        self.fields["due_on"].help_text = f"For example, {timezone.localdate():%-d %-m %Y}."
