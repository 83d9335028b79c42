"""Forms of one's own email: the address, its code, and what is sent there when."""

from __future__ import annotations

from typing import Any

from django import forms

from lamplighter.hub.design.fields import ClockField, line, radios

YES_NO = (("yes", "Yes"), ("no", "No"))


def _yes_no(label: str, required: str, hint: str = "") -> Any:
    return radios(label, YES_NO, hint=hint, required=required, inline=True)


class AddressForm(forms.Form):
    use_required_attribute = False

    address = forms.CharField(
        label="Your work email address",
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "label_size": "s"}),
        error_messages={"required": "Enter your work email address"},
    )


class CodeForm(forms.Form):
    use_required_attribute = False

    code = line(
        "Code",
        hint="Six digits, from the email that was sent to your address. It counts for an hour.",
        required="Enter the code",
        width=10,
    )


class ChoicesForm(forms.Form):
    """``at_once``: of what a person may leave to the daily email."""

    use_required_attribute = False

    at_once = _yes_no("Email you at once about this too?", "Choose whether you want an email at once")
    digest = _yes_no(
        "Email you once a day, if there is something new?", "Choose whether you want a daily email"
    )
    quiet_from = ClockField(
        label="Quiet hours begin",
        help_text="For example, 7pm. Give the same time twice for no quiet hours.",
        error_messages={"required": "Enter when quiet hours begin"},
    )
    quiet_until = ClockField(
        label="Quiet hours end",
        help_text="For example, 7am",
        error_messages={"required": "Enter when quiet hours end"},
    )
    quiet_days = _yes_no("Quiet at weekends and on bank holidays too?", "Choose whether days off are quiet")

    def __init__(self, *args: Any, may_be_off: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at_once"].help_text = may_be_off
        if not may_be_off:
            del self.fields["at_once"]

    def chosen(self) -> dict[str, Any]:
        """Return what was chosen, for ``services.choose``."""
        given = self.cleaned_data
        yes = {name: given.get(name, "yes") == "yes" for name in ("at_once", "digest", "quiet_days")}
        return {**yes, "quiet_from": given["quiet_from"], "quiet_until": given["quiet_until"]}
