"""Forms of improvement: each says who reads it, and that it names no case and nobody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.design.fields import DatePartsField, line, named, offer, radios, text_box
from lamplighter.hub.improvement import policies, selectors
from lamplighter.hub.improvement.models import Entry

READ = "Coordinators, stalking leads and auditors read it, and it goes into returns. Name nobody and no case."


class ActionForm(forms.Form):
    use_required_attribute = False
    title = line("What is to be done?", hint=READ, required="Enter what is to be done", width=30)
    agency = forms.ChoiceField(
        label="Which agency does it?",
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"required": "Choose the agency that does it"},
    )
    owner = forms.ChoiceField(
        label="Who answers for it?",
        help_text="It is on their work list from now on. A stalking lead of the agency, or a coordinator.",
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"required": "Choose who answers for it"},
    )
    comes_from = line(
        "Where does it come from?",
        hint="For example a review, or a recommendation with its number.",
        width=30,
    )
    due_on = DatePartsField(
        label="The due date", help_text="It cannot be changed. A later date is recorded beside it."
    )
    rule = text_box(
        "What would show that it is done?",
        hint="Write it so that two people who look would agree. It cannot be changed.",
        required="Enter what would show that it is done",
        rows=3,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Agency.objects.order_by("name").values_list("code", "name")
        offer(self, "agency", [("", "Choose an agency"), *rows])
        _offer_people(self)

    def clean_agency(self) -> Agency:
        return Agency.objects.get(code=self.cleaned_data["agency"])

    def clean_owner(self) -> User:
        return _person(self)


def _offer_people(form: forms.Form, agency: str = "") -> None:
    people = selectors.writers().select_related("agency")
    able = [p for p in people if not agency or policies.may_answer(p, agency)]
    offer(form, "owner", [("", "Choose a person"), *((str(p.key), named(p)) for p in able)])


def _person(form: forms.Form) -> User:
    return selectors.writers().select_related("agency").get(key=form.cleaned_data["owner"])


class OwnerForm(forms.Form):
    use_required_attribute = False
    owner = forms.ChoiceField(
        label="Who answers for it from now on?",
        help_text="It moves to their work list. Both names stay on this page.",
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"required": "Choose who answers for it"},
    )

    def __init__(self, *args: Any, agency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_people(self, agency)

    def clean_owner(self) -> User:
        return _person(self)


class EndForm(forms.Form):
    use_required_attribute = False
    kind = radios(
        "Why does it end?",
        (
            (Entry.Kind.ENDED.value, "It is not needed any more. What was written stays"),
            (Entry.Kind.STRUCK.value, "It should not have been added, or it names somebody. Hide its words"),
        ),
        required="Choose why it ends",
    )
    words = text_box("Why is that so?", hint=READ, required="Enter why", rows=3)


class SayForm(forms.Form):
    use_required_attribute = False
    kind = radios(
        "What is said?", [(k.value, str(k.label)) for k in Entry.SAID], required="Choose what is said"
    )
    on = DatePartsField(label="The day on which it was said", latest=timezone.localdate)
    new_date = DatePartsField(
        label="The later date, if it will be later",
        help_text="The first due date stays, and days are counted from it.",
        required=False,
    )
    words = text_box("What was said, and why?", hint=READ, required="Enter what was said", rows=3)


class FindForm(forms.Form):
    use_required_attribute = False
    found = radios("Does it show that it is done?", Entry.Found.choices, required="Choose what was found")
    on = DatePartsField(label="The day of what you looked at", latest=timezone.localdate)
    words = text_box(
        "What did you look at, and what does it show?",
        hint=READ,
        required="Enter what you looked at",
        rows=3,
    )


class CheckForm(forms.Form):
    use_required_attribute = False
    agrees = radios(
        "Do you agree?", (("yes", "Yes, I agree"), ("no", "No")), required="Choose whether you agree"
    )
    words = text_box("What did you look at?", hint=READ, required="Enter what you looked at", rows=3)


class WithdrawForm(forms.Form):
    use_required_attribute = False
    words = text_box("Why was it wrong?", hint=READ, required="Enter why it was wrong", rows=3)
