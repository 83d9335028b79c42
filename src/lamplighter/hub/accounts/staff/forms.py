"""Forms about other people's accounts, agencies and training."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone

from lamplighter.hub.access.concurrent_edits import VersionForm
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.accounts.staff import members, training
from lamplighter.hub.design.fields import DatePartsField, offer


def _agency_field(required: bool = True) -> forms.ModelChoiceField[Agency]:
    return forms.ModelChoiceField(
        label="Agency",
        queryset=Agency.objects.order_by("name"),
        required=required,
        empty_label="Choose an agency",
        error_messages={"required": "Choose an agency", "invalid_choice": "Choose an agency"},
    )


def _role_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Role",
        choices=[("", "Choose a role"), *Role.choices],
        widget=forms.Select,
        error_messages={"required": "Choose a role", "invalid_choice": "Choose a role"},
    )


def _reason_field(hint: str = "Saved with the change, for people who read it later.") -> forms.CharField:
    return forms.CharField(
        label="Why?",
        help_text=hint,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why"},
    )


class InviteForm(forms.Form):
    display_name = forms.CharField(
        label="Name",
        help_text="As colleagues in other agencies will see it.",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter their name"},
    )
    username = forms.CharField(
        label="User name",
        help_text="What they type to sign in: lowercase letters, numbers, dots and hyphens.",
        max_length=60,
        validators=[
            RegexValidator(r"\A[a-z0-9][a-z0-9.-]+\Z", "Use lowercase letters, numbers, dots and hyphens")
        ],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "width": 20}),
        error_messages={"required": "Enter a user name"},
    )
    role = _role_field()
    agency = _agency_field(required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by.role != Role.ADMINISTRATOR:
            given = [(v, t) for v, t in Role.choices if v in members.COORDINATORS_GIVE]
            offer(self, "role", [("", "Choose a role"), *given])
            self.fields["agency"].queryset = Agency.objects.filter(pk=by.agency_id)  # type: ignore[attr-defined]  # a ModelChoiceField
            self.fields["agency"].initial = by.agency_id


class RoleForm(VersionForm):
    role = _role_field()
    reason = _reason_field()


class TransferForm(VersionForm):
    agency = _agency_field()
    role = _role_field()
    reason = _reason_field()


class WhyForm(VersionForm):
    reason = _reason_field()


class AnswerForm(VersionForm):
    """Ask the second person about an account that waits."""

    answer = forms.ChoiceField(
        label="Is this account in order?",
        choices=[
            ("confirm", "Yes: they work with us in this role, and told me that they signed in themselves"),
            ("refuse", "No: shut the account"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether the account is in order"},
    )
    words = forms.CharField(
        label="How do you know?",
        help_text="For example, I spoke to them today. Saved with your answer; auditors read it.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say how you know"},
    )

    def __init__(self, *args: Any, came_in: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not came_in:
            # A link that is still open may be used by whoever made it.
            offer(self, "answer", [("refuse", "No: shut the account")])


class AgencyForm(forms.Form):
    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Enter its name"})
    code = forms.CharField(
        label="Code",
        help_text="What its reports carry, for example force-a. It cannot be changed later.",
        max_length=60,
        validators=[RegexValidator(r"\A[a-z0-9][a-z0-9-]+\Z", "Use lowercase letters, numbers and hyphens")],
        widget=forms.TextInput(attrs={"width": 20, "autocapitalize": "none", "autocomplete": "off"}),
        error_messages={"required": "Enter its code"},
    )
    kind = forms.ChoiceField(
        label="Kind of agency",
        choices=Agency.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what kind of agency it is"},
    )


class TrainingForm(VersionForm):
    """``version``: the moment at which the page was shown."""

    person = forms.ModelChoiceField(
        label="Who",
        queryset=User.objects.none(),
        to_field_name="key",
        empty_label="Choose somebody",
        error_messages={"required": "Choose who it was", "invalid_choice": "Choose who it was"},
    )
    topic = forms.ChoiceField(
        label="Topic", widget=forms.Select, error_messages={"required": "Choose a topic"}
    )
    completed_on = DatePartsField(label="Day of completion", latest=timezone.localdate)
    evidence = forms.CharField(
        label="Where the evidence is",
        help_text="For example, certificate 2214 in the training file.",
        max_length=200,
        error_messages={"required": "Say where the evidence is"},
    )

    def __init__(self, *args: Any, team: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = team  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["person"].label_from_instance = lambda user: user.display_name  # type: ignore[attr-defined]  # the same
        listed = [(t.code, t.name) for t in training.topics().values()]
        offer(self, "topic", [("", "Choose a topic"), *listed])
