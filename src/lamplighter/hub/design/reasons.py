"""Reasons: the one question that most pages with a decision ask, in the words of each."""

from __future__ import annotations

from typing import Any

from django import forms

from lamplighter.hub.design.fields import LONGEST


def reason(
    label: str = "Your reason",
    *,
    required: str = "Enter a reason",
    hint: str = "",
    rows: int = 4,
    least: tuple[int, str] | None = None,
    most: tuple[int, str] = (LONGEST, f"Keep it under {LONGEST:,} characters"),
    size: str = "",
) -> forms.CharField:
    """Return the field. ``least`` and ``most`` are characters, each with what is said otherwise."""
    errors = {"required": required, "max_length": most[1]} | ({"min_length": least[1]} if least else {})
    return forms.CharField(
        label=label,
        help_text=hint,
        min_length=least[0] if least else None,
        max_length=most[0],
        widget=forms.Textarea(attrs={"rows": rows} | ({"label_size": size} if size else {})),
        error_messages=errors,
    )


class ReasonForm(forms.Form):
    """Ask why, and nothing else. :func:`asking` gives the words."""

    use_required_attribute = False
    reason = reason()


def asking(field: forms.CharField, base: type[forms.Form] = forms.Form, **more: Any) -> type[ReasonForm]:
    """Return a form that asks only why, in the words of ``field``; ``base`` has what else it carries."""
    return type("ReasonForm", (ReasonForm, base), {"reason": field, **more})
