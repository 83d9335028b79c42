"""Forms: which words, why, and what is asked of another agency."""

from __future__ import annotations

from django import forms

from lamplighter.hub.access.wall.redaction import LEAST, MARK
from lamplighter.hub.design.fields import text_box

WORDS = (
    "Copy them from the text above, without quotation marks. Capital letters and line breaks make no "
    "difference. "
    f"At least {LEAST} characters."
)


class RedactForm(forms.Form):
    use_required_attribute = False
    words = text_box("Words to redact", hint=WORDS, rows=3, required="Enter the words to redact")
    reason = text_box(
        "Why?",
        hint=f"Everybody who reads “{MARK}” can read this. Do not repeat the words.",
        rows=3,
        required="Enter why",
    )


class RestoreForm(forms.Form):
    use_required_attribute = False
    reason = text_box(
        "Why are the words restored?",
        hint="Everybody who reads the text can read this.",
        rows=3,
        required="Enter why",
    )


class AskForm(forms.Form):
    use_required_attribute = False
    reason = text_box(
        "What should be redacted, and why?",
        hint="Describe it. Do not repeat the words: “the address in the second sentence”.",
        rows=3,
        required="Enter what should be redacted and why",
    )
