"""Forms of the agenda: a case that is added to it, and one that is put off."""

from __future__ import annotations

from typing import Any

from django import forms

from lamplighter.hub.design.fields import line, offer, radios, text_box
from lamplighter.hub.meetings.agenda.sources import ATTENDANCE, SECTIONS
from lamplighter.hub.meetings.forms import CAREFUL


class PlaceForm(forms.Form):
    """Add a case to a section of the agenda, put an item off, or take it up after all."""

    use_required_attribute = False
    act = radios(
        "What do you do?",
        (
            ("add", "Put it on the agenda, or take it up after all"),
            ("defer", "Put it off to the next meeting"),
        ),
        required="Choose what you do",
    )
    section = radios("In which part of the agenda?", required="Choose a part of the agenda")
    reason = text_box("Why?", hint=CAREFUL, required="Enter your reason", rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "section", [(code, title) for code, title in SECTIONS.items() if code != ATTENDANCE])


class AddCaseForm(forms.Form):
    """Ask which case a coordinator adds, by its reference."""

    reference = line(
        "Case number", hint="For example, LL-7KQ2-M9XB.", required="Enter the number of the case", width=20
    )
