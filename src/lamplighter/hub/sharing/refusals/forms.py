"""Ask why something is not shared, and who asked for it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lamplighter.hub.cases.forms import Form
from lamplighter.hub.design.fields import line, offer, radios, text_box


class RefuseForm(Form):
    """Ask what was requested and is not shared."""

    reason = radios("Why is it not shared?", required="Choose why it is not shared")
    asked_by = line(
        "Who asked for it?", hint="A person and their organisation.", required="Enter who asked for it"
    )
    words = text_box(
        "What was asked for, and what did you say?",
        hint="Only your own side reads this. Say to whoever asked only that it is not shared.",
        rows=3,
    )

    def __init__(self, *args: Any, reasons: Collection[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "reason", [(rule.code, rule.title) for rule in reasons])
        self.fields["reason"].widget.attrs["hints"] = {
            rule.code: rule.extra["hint"] for rule in reasons if "hint" in rule.extra
        }
