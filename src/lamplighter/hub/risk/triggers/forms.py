"""Forms of triggers: something happened, and why it needs no assessment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.casework.forms import WithReaders
from lamplighter.hub.design import reasons
from lamplighter.hub.design.fields import DatePartsField, offer, radios, text_box
from lamplighter.hub.risk import policies, rules
from lamplighter.hub.risk.policies import LEAST_REASON


class RecordForm(WithReaders):
    """Something happened: what, when, and who may know of it."""

    field_order = ("kind", "happened_on", "words", "side")
    kind = radios("What happened?", required="Choose what happened")
    happened_on = DatePartsField(
        label="When?",
        required=True,
        initial=timezone.localdate,
        help_text="The day, as exactly as it is known.",
    )
    words = text_box(
        "What is known?", hint="Leave out any address, number or other way to reach the victim.", rows=3
    )

    def __init__(self, *args: Any, user: User, on_case: Sequence[Agency], **kwargs: Any) -> None:
        super().__init__(*args, user=user, on_case=on_case, **kwargs)
        found = rules.triggers(timezone.localdate())
        offer(self, "kind", [(c, rule.title) for c, rule in found.items() if c not in policies.FOUND_ALONE])
        hints = {code: str(rule.extra["hint"]) for code, rule in found.items() if "hint" in rule.extra}
        self.fields["kind"].widget.attrs["hints"] = hints


class AsideForm(forms.Form):
    use_required_attribute = False
    reason = reasons.reason(
        "Why is no assessment needed?",
        required="Enter why no assessment is needed",
        least=(LEAST_REASON, f"Enter why in at least {LEAST_REASON} characters"),
        size="s",
    )
