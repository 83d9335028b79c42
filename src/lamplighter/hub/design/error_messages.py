"""Say in plain English what Django says of a field in its own, where a form has no words for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

_CHOICES = (forms.ChoiceField, forms.MultipleChoiceField, forms.ModelChoiceField)


def _required(label: str, field: forms.Field, params: dict[str, Any]) -> str:
    if label.endswith("”"):
        return f"Answer {label}"
    verb = "Select" if isinstance(field, _CHOICES) else "Enter"
    return f"{verb} {label[:1].lower()}{label[1:]}"


def _limit(words: str) -> Callable[[str, forms.Field, dict[str, Any]], str]:
    def said(label: str, field: forms.Field, params: dict[str, Any]) -> str:
        limit = params.get("limit_value", params.get("max", ""))
        return f"{label} must be {f'{limit:,}' if isinstance(limit, int) else limit} {words}"

    return said


PLAIN: dict[str, Callable[[str, forms.Field, dict[str, Any]], str]] = {
    "required": _required,
    "max_length": _limit("characters or less"),
    "min_length": _limit("characters or more"),
    "max_value": _limit("or less"),
    "min_value": _limit("or more"),
    "invalid": lambda label, field, params: (
        f"{label} must be a whole number, such as 12"
        if isinstance(field, forms.IntegerField)
        else f"{label} cannot be read. Check it and enter it again"
    ),
    "invalid_choice": lambda label, field, params: f"Select one of the answers listed under {label}",
    "invalid_list": lambda label, field, params: f"Select one of the answers listed under {label}",
    "null_characters_not_allowed": lambda label, field, params: (
        f"{label} has a character in it that cannot be stored. Enter it again without"
    ),
}


def _is_djangos(field: forms.Field, error: ValidationError) -> bool:
    default: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        default |= getattr(kind, "default_error_messages", {})
    if error.code in default:
        return bool(error.message == default[error.code])
    # A validator's message is Django's unless the form has one for its code. Whatever else is raised is ours.
    validators = [v for v in field.validators if getattr(v, "code", None) == error.code]
    of_validators = [getattr(v, "message", None) for v in validators]
    return error.code not in field.error_messages and error.message in of_validators


def words_of(field: BoundField) -> list[str]:
    """Return the errors of ``field`` as people read them: the form's own words, or ours for Django's."""
    label = str(field.label or "This answer").strip()
    # A question is quoted, so that it can stand in a sentence.
    label = f"“{label}”" if label.endswith("?") else label
    found: list[str] = []
    for error in field.form.errors.as_data().get(field.name, []):
        code = error.code or ""
        if code in PLAIN and _is_djangos(field.field, error):
            found.append(PLAIN[code](label, field.field, error.params or {}))
        else:
            found += error.messages
    return found
