"""The question who may read what was written, asked of those who are told things in confidence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.design.fields import DatePartsField, offer, radios, text_box
from lamplighter.hub.intake.confidentiality import selectors as readers
from lamplighter.hub.intake.confidentiality.selectors import Choice, Readers
from lamplighter.hub.legal_bases.rules import RULES
from lamplighter.hub.site.refusals import NotPossibleError

_IF_OTHERS = "Only if agencies other than yours may read it."
_IF_CONSENT = "Only if the legal basis is consent."


class ReadersForm(forms.Form):
    """Ask who may read the words of a report, and on which legal basis; nobody else by default."""

    use_required_attribute = False

    readers = radios(
        "Who may read what you wrote?",
        Readers.choices,
        hint="The others see that your agency holds a report, its date, and that they can ask you. Whoever "
        "may read it, the hub compares it with all other reports.",
        required="Choose who may read what you wrote",
        label_size="m",
    )
    agencies = forms.MultipleChoiceField(
        label="Which agencies?",
        help_text="Only if you name agencies.",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"small": True, "label_size": "s"}),
    )
    basis = radios("Legal basis", hint=_IF_OTHERS)
    consent_of = radios("Whose consent?", hint=_IF_CONSENT)
    consent_how = radios("How was the consent given?", hint=_IF_CONSENT)
    consent_on = DatePartsField(
        label="Date of the consent", help_text=_IF_CONSENT, required=False, latest=timezone.localdate
    )
    threshold = radios(
        "Which threshold of risk is met?", hint="Only if the police may read it and there is no consent."
    )
    reason = text_box("Why may they read it?", hint="Needed where there is no consent.", rows=3)

    def __init__(self, *args: Any, agency: Agency, changing: bool = False, **kwargs: Any) -> None:
        kwargs["initial"] = {"readers": Readers.OWN} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.agency, self.choice = agency, readers.OWN
        today = timezone.localdate()
        others = Agency.objects.filter(kind__in=readers.NAMEABLE).exclude(pk=agency.pk).order_by("name")
        offer(self, "agencies", [(a.code, a.name) for a in others])
        for name in ("basis", "consent_of", "consent_how", "threshold"):
            rows = RULES.on(name, today).items()
            offer(self, name, [(code, row.title) for code, row in rows])
        if changing:
            self.fields["reason"].label = "Why do you change who may read it?"
            self.fields["reason"].help_text = "It is recorded with your name and the date."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        told = data | {"agencies": tuple(data["agencies"]), "reason": data["reason"].strip()}
        try:
            self.choice = readers.checked(Choice(**told), self.agency, timezone.localdate())
        except NotPossibleError as refused:
            self.add_error(refused.field, str(refused))
        return data
