"""Forms at the door and of one's own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from lamplighter.hub.accounts.models import User

LEAST_PASSWORD = "At least 12 characters. Three or four words that do not belong together make a good one."  # noqa: S105  a hint


class SignInForm(AuthenticationForm):
    """Name and password. The refusal never says which of the two was wrong."""

    username = forms.CharField(
        label="User name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "width": 20}),
        error_messages={
            "required": "Enter your user name",
            "max_length": "User name must be 150 characters or fewer",
        },
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password"},
    )

    error_messages = {  # noqa: RUF012  Django reads it of the instance
        "invalid_login": "The user name or the password is not right. Check both and try again",
        "inactive": "The user name or the password is not right. Check both and try again",
    }


class AppCodeForm(forms.Form):
    """Six figures that an app shows now."""

    code = forms.CharField(
        label="Code from your app",
        help_text="Six figures. A new code comes every 30 seconds, and each works once.",
        max_length=12,
        widget=forms.TextInput(attrs={"width": 10, "autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": "Enter the code that your app shows"},
    )


class RecoveryCodeForm(forms.Form):
    code = forms.CharField(
        label="Recovery code",
        help_text="One of the ten you were given. It works once.",
        max_length=30,
        widget=forms.TextInput(attrs={"width": 20, "autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": "Enter one of your recovery codes"},
    )


class PasskeyForm(forms.Form):
    """Take the browser's answer; ``name`` only when a passkey is made."""

    answer = forms.CharField(widget=forms.HiddenInput, max_length=20_000, required=False)


class NewPasskeyForm(PasskeyForm):
    name = forms.CharField(
        label="What will you call it?",
        help_text="For example, work laptop. So that you know which to remove if you lose it.",
        max_length=60,
        widget=forms.TextInput(attrs={"width": 20, "autocomplete": "off"}),
        error_messages={"required": "Enter a name for the passkey"},
    )


class NewPasswordForm(forms.Form):
    """A password of one's own, twice."""

    password = forms.CharField(
        label="New password",
        help_text=LEAST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Enter a new password"},
    )
    again = forms.CharField(
        label="The same password again",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Enter the new password again"},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        password = found.get("password")
        if password and found.get("again") is not None and password != found["again"]:
            self.add_error("again", "The two passwords are not the same")
        elif password:
            try:
                validate_password(password, self.user)
            except ValidationError as problem:
                self.add_error("password", problem)
        return found


class ChangePasswordForm(NewPasswordForm):
    current = forms.CharField(
        label="Your password now",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password"},
    )
    field_order = ("current", "password", "again")


class ConfirmForm(forms.Form):
    """It is still you: before something that guards the account is changed."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password"},
    )
