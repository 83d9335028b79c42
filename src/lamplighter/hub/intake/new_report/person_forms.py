"""The pages of a new report about its people."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.design.fields import DatePartsField, offer
from lamplighter.hub.intake.new_report.forms import (
    Choices,
    Page,
    Typed,
    lines,
    radios_field,
    text_field,
    titles,
    typed_date,
    typed_text,
)
from lamplighter.records.canonical.phones import phone, says_there_is_none
from lamplighter.records.validation.limits import LONGEST_TEXT, MOST_VALUES


class TextLines(forms.CharField):
    """Several values, one a line."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2, "label_size": "s"}))
        super().__init__(required=False, max_length=LONGEST_TEXT, **kwargs)

    def validate(self, value: str) -> None:
        """Refuse more values than a report may hold."""
        super().validate(value)
        if len(lines(value)) > MOST_VALUES:
            raise forms.ValidationError(
                f"Enter {MOST_VALUES} or fewer under “{self.label}”: those that are this person’s own. Write "
                "the others under “What happened?”"
            )


ASKED: Choices = [
    ("name", "Name"),
    ("birth", "Date of birth or age"),
    ("contact", "Phone, email or accounts"),
    ("address", "Address"),
    ("vehicle", "Vehicle"),
]


class PersonPage(Page):
    """Page with the fields that the victim's page and the suspect's page share."""

    role = ""
    wide = True
    forenames = text_field("First names")
    surname = text_field("Last name")
    nicknames = text_field("Nicknames and other names", hint="Separate with commas", width=30)
    birth_date = DatePartsField(
        label="Date of birth", help_text="For example, 27 3 1986", required=False, latest=timezone.localdate
    )
    age = forms.IntegerField(
        label="Age, if the date of birth is not known",
        required=False,
        min_value=0,
        max_value=120,
        widget=forms.TextInput(attrs={"width": 3, "inputmode": "numeric", "label_size": "s"}),
        error_messages={"invalid": "Age must be a number, such as 34"},
    )
    sex = radios_field("Sex", [], inline=True)
    phones = TextLines(label="Phone numbers", help_text="Enter each on a new line")
    emails = TextLines(label="Email addresses", help_text="Enter each on a new line")
    handles = TextLines(
        label="Accounts", help_text="Enter each on a new line, with the platform if known: instagram: name"
    )
    address_text = text_field("Home address", width=30)
    postcode = text_field("Postcode", width=10)
    vehicles = text_field(
        "Registration marks", hint="Separate with commas. Partial: end with\u00a0*", width=20
    )
    not_known = forms.MultipleChoiceField(
        label="Asked about, but not known",
        help_text="Leave unticked what was not asked.",
        required=False,
        choices=ASKED,
        widget=forms.CheckboxSelectMultiple(attrs={"small": True, "label_size": "s"}),
    )

    def prepare(self) -> None:
        offer(self, "sex", titles("sexes"))

    def clean_phones(self) -> str:
        given = lines(self.cleaned_data["phones"])
        if wrong := [p for p in given if phone(p) is None and not says_there_is_none(p)]:
            named = " and ".join(f"“{p[:40]}”" for p in wrong[:3])
            raise forms.ValidationError(
                f"{named} cannot be {'telephone numbers' if len(wrong) > 1 else 'a telephone number'}. Enter "
                "the whole number, like 01632 960 001 or +33 1 23 45 67 89. If only part of it is known, "
                "write that under “What happened?”"
            )
        return "\n".join(given)

    def clean_handles(self) -> str:
        return "\n".join(lines(self.cleaned_data["handles"]))

    def person(self) -> dict[str, Any]:
        data = self.cleaned_data
        found: dict[str, Any] = {
            "role": self.role,
            "forenames": data["forenames"] or None,
            "surname": data["surname"] or None,
            "nicknames": lines(data["nicknames"]),
            "birth_date": data["birth_date"].isoformat() if data["birth_date"] else None,
            "age_from": data["age"],
            "age_to": data["age"],
            "sex": data["sex"] or None,
            "phones": lines(data["phones"]),
            "emails": lines(data["emails"]),
            "handles": [_handle(h) for h in lines(data["handles"])],
            "address_text": data["address_text"] or None,
            "postcode": data["postcode"] or None,
            "vehicles": lines(data["vehicles"]),
        }
        return found

    def said_anything(self) -> bool:
        data = self.cleaned_data
        return any(data[name] not in (None, "", []) for name in self.fields if name != "not_known")

    def answers(self) -> dict[str, Any]:
        if not self.said_anything():
            return {"people": [], "answered": {f"{self.role}_not_known": self.cleaned_data["not_known"]}}
        return {
            "people": [self.person()],
            "answered": {f"{self.role}_not_known": self.cleaned_data["not_known"]},
        }

    @classmethod
    def recall(cls, document: dict[str, Any]) -> Typed:
        not_known = document.get("answered", {}).get(f"{cls.role}_not_known") or []
        typed: Typed = {"not_known": list(not_known)} if not_known else {}
        person = next((p for p in document.get("people", ()) if p.get("role") == cls.role), None)
        return typed | cls.recall_person(person) if person else typed

    @classmethod
    def recall_person(cls, person: dict[str, Any]) -> Typed:
        """The same of the one person of the page."""
        born = person.get("birth_date")
        return typed_text(
            forenames=person.get("forenames"),
            surname=person.get("surname"),
            nicknames=", ".join(person.get("nicknames") or ()),
            age=person.get("age_from"),
            sex=person.get("sex"),
            phones="\n".join(person.get("phones") or ()),
            emails="\n".join(person.get("emails") or ()),
            handles="\n".join(person.get("handles") or ()),
            address_text=person.get("address_text"),
            postcode=person.get("postcode"),
            vehicles=", ".join(person.get("vehicles") or ()),
        ) | typed_date("birth_date", datetime.date.fromisoformat(born) if born else None)


def _handle(text: str) -> str:
    platform, colon, name = text.partition(":")
    return f"{platform.strip()}:{name.strip()}" if colon else text.strip()


class VictimPage(PersonPage):
    heading = "The victim"
    role = "victim"

    safe_contact = text_field(
        "How to reach them safely",
        hint="Stored apart from everything else. You can read it on the report’s page. Once these two people "
        "have a case, your agency’s people on the case find it with the safe contact rules. Nobody else can.",
        rows=2,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        named = any(data.get(n) for n in ("forenames", "surname", "nicknames", "phones", "emails", "handles"))
        if not named and not self.errors:
            raise forms.ValidationError("Enter a name or a contact detail of the victim")
        return data

    def person(self) -> dict[str, Any]:
        found = super().person()
        if self.cleaned_data["safe_contact"]:
            found["safe_contact"] = {"note": self.cleaned_data["safe_contact"]}
        return found


class SuspectPage(PersonPage):
    heading = "The suspect"
    role = "suspect"

    descriptor = text_field(
        "Words used instead of a name", hint="“an ex-partner”, “unknown man in a grey hoodie”", width=30
    )
    relationship = radios_field("How do they know each other?", [], columns=True)
    field_order = ("forenames", "surname", "nicknames", "descriptor", "relationship")

    def prepare(self) -> None:
        super().prepare()
        offer(self, "relationship", titles("relationships"))

    def person(self) -> dict[str, Any]:
        data = self.cleaned_data
        return super().person() | {
            "descriptor": data["descriptor"] or None,
            "relationship": data["relationship"] or None,
            "relationship_raw": dict(self.fields["relationship"].choices).get(data["relationship"]),  # type: ignore[attr-defined]  # a ChoiceField
        }

    @classmethod
    def recall_person(cls, person: dict[str, Any]) -> Typed:
        words = typed_text(descriptor=person.get("descriptor"), relationship=person.get("relationship"))
        return super().recall_person(person) | words
