"""Ask why two cases are joined, or parted."""

from __future__ import annotations

from django import forms

from lamplighter.hub.design.fields import text_box


class JoinForm(forms.Form):
    reason = text_box(
        "Why are these one piece of work?",
        hint="Everybody on the younger case reads it.",
        required="Enter your reason",
    )


class PartForm(forms.Form):
    reason = text_box(
        "Why are they parted?",
        hint="Everybody on the younger case reads it.",
        required="Enter your reason",
    )
