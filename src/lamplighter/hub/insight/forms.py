"""Forms of Insight. They hold what was typed; the services decide whether it is possible."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lamplighter.hub.cases.forms import Form, day
from lamplighter.hub.design.fields import offer, radios
from lamplighter.hub.insight.models import Review


class ReviewForm(Form):
    """Ask for the reports to review, and of which days."""

    scope = radios("Which reports?", Review.Scope.choices, required="Choose which reports")
    period_from = day("First day", required=True)
    period_to = day(
        "Last day",
        hint="Counted in. Twelve whole months compare best with other reviews.",
        required=True,
    )

    def __init__(self, *args: Any, cases: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if cases:
            self.fields["period_to"].help_text += " The hub’s own cases are reviewed by whole quarters."
        else:
            offer(self, "scope", [c for c in Review.Scope.choices if c[0] != Review.Scope.CASES])

    @property
    def period(self) -> tuple[dt.date, dt.date]:
        return self.cleaned_data["period_from"], self.cleaned_data["period_to"]
