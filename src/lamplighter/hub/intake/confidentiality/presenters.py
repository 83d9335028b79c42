"""Name the readers of a report, in words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.design.environment import long_date
from lamplighter.hub.intake.confidentiality.selectors import Choice, Readers
from lamplighter.hub.intake.models import ReaderChoice
from lamplighter.hub.legal_bases.rules import CONSENT, RULES


def rows(choice: Choice | ReaderChoice, on: dt.date | None = None) -> list[dict[str, Any]]:
    """Rows of a summary list: who, which legal basis, whose consent and when, why."""
    on = on or timezone.localdate()
    found = [("Who may read it", who(choice))]
    if choice.readers != Readers.OWN:
        found.append(("Legal basis", _title("basis", choice.basis, on)))
    if choice.basis == CONSENT and choice.consent_on:
        given = f"{_title('consent_of', choice.consent_of, on)}, {long_date(choice.consent_on)}, "
        found.append(("Consent", given + _title("consent_how", choice.consent_how, on).lower()))
    if choice.threshold:
        found.append(("Threshold of risk", _title("threshold", choice.threshold, on)))
    if choice.reason:
        found.append(("Why", choice.reason))
    return [{"key": {"text": label}, "value": {"text": words}} for label, words in found]


def who(choice: Choice | ReaderChoice) -> str:
    """Name the readers, with the names of agencies that were named."""
    if choice.readers == Readers.NAMED:
        names = Agency.objects.filter(pk__in=choice.agencies).order_by("name").values_list("name", flat=True)
        return "Our agency, " + ", ".join(names)
    return str(Readers(choice.readers).label)


def history(choices: list[ReaderChoice]) -> list[dict[str, Any]]:
    """Every choice with who made it and when, newest first."""
    return [
        {
            "at": c.at,
            "by": c.by.display_name if c.by else "As your system sent it",
            "rows": rows(c, timezone.localdate(c.at)),
        }
        for c in choices
    ]


def _title(name: str, code: str, on: dt.date) -> str:
    row = RULES.on(name, on).get(code) or RULES.newest(name, code)
    return row.title if row else code
