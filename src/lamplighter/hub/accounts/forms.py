from __future__ import annotations

from typing import ClassVar

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """Name and password. The refusal never says which of the two was wrong."""

    username = forms.CharField(
        label="User name",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "width": 20}),
        error_messages={"required": "Enter your user name"},
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password"},
    )

    error_messages: ClassVar[dict[str, str]] = {
        "invalid_login": "The user name or the password is not right. Check both and try again",
        "inactive": "The user name or the password is not right. Check both and try again",
    }
