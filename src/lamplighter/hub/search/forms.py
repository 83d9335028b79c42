from __future__ import annotations

from django import forms


class SearchForm(forms.Form):
    """Anything that may name somebody or something. Sent by POST, so that no address holds it."""

    use_required_attribute = False
    term = forms.CharField(
        label="Search",
        help_text="A name, nickname, phone number, email address, account, date of birth, address, "
        "postcode, number plate, crime number or case reference. Your search is not saved.",
        min_length=3,
        max_length=120,
        widget=forms.TextInput(attrs={"width": 30, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Enter a name or a detail to search for",
            "min_length": "Enter at least 3 characters",
            "max_length": "Enter 120 characters or fewer",
        },
    )
