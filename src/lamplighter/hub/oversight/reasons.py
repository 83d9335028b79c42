"""Ask for a reason that somebody else will read."""

from __future__ import annotations

from django import forms

from lamplighter.hub.access.wall.row_security import LEAST_REASON
from lamplighter.hub.design import reasons as asking

LONGEST_REASON = 2_000


def reason_field(label: str, hint: str) -> forms.CharField:
    return asking.reason(
        label,
        hint=hint,
        required="Give a reason",
        least=(LEAST_REASON, f"Give a reason of at least {LEAST_REASON} characters"),
        most=(LONGEST_REASON, f"Keep the reason under {LONGEST_REASON} characters"),
    )


ReasonForm = asking.asking(
    reason_field("Your reason", "It is saved, and somebody else reads it."), use_required_attribute=True
)
