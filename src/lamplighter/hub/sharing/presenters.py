"""Prepare the pages and the paper of releases, as plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.cases.models import Case
from lamplighter.hub.legal_bases.rules import CONSENT, RULES
from lamplighter.hub.sharing import selectors
from lamplighter.hub.sharing.models import Crossing, Disclosure, Grounds, Release
from lamplighter.hub.sharing.policies import Draft
from lamplighter.reporting.register import RegisterLine
from lamplighter.reporting.words import day, listed

SIDE = {
    "shared": "everybody on the case",
    "police": "the police",
    "health": "the health service",
    "advocacy": "the advocacy service",
    "vault": "the vault",
    "warning": "those who are warned",
}


def to_whom(row: Crossing | Draft) -> str:
    """ "the police", or the agencies that were named."""
    names = dict(Agency.objects.filter(code__in=row.to_agencies).values_list("code", "name"))
    return listed([names.get(code, code) for code in row.to_agencies]) if names else SIDE[row.to_partition]


def local(moment: dt.datetime) -> str:
    return day(timezone.localdate(moment))


def last_day(row: Crossing) -> str:
    """The last day on which it can be read."""
    return local(row.expires_at - dt.timedelta(seconds=1))


def standing(row: Crossing) -> str:
    """Until when it can be read, or since when not."""
    if row.withdrawn_at:
        return f"Withdrawn on {local(row.withdrawn_at)}"
    if row.expires_at <= timezone.now():
        return f"Ended with {last_day(row)}"
    return f"Until {last_day(row)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def basis(row: Disclosure) -> str:
    title = RULES.title("basis", row.basis)
    return f"{title}. {RULES.title('threshold', row.threshold)}" if row.threshold else title


def version(title: str, text: str, by: str, at: dt.datetime, until: str) -> dict[str, Any]:
    """Exactly what the recipient reads: the page before sending and the page afterwards draw the same."""
    return {"title": title, "text": text, "by": by, "on": local(at), "until": until}


def released(row: Release) -> dict[str, Any]:
    who = ", ".join(x for x in (row.by.display_name if row.by else "", row.owner.name) if x)
    over = standing(row) if row.withdrawn_at or row.expires_at <= timezone.now() else ""
    return version(row.title, row.text, who, row.at, last_day(row)) | {"over": over}


def register(rows: Sequence[Disclosure], cases: dict[int, Case] | None = None) -> list[dict[str, Any]]:
    """One line a disclosure. The heading only where the version itself may be read."""
    readable = selectors.readable(rows)
    found = []
    for row in rows:
        case = (cases or {}).get(row.case_id)
        found.append(
            {
                "on": local(row.at),
                "who": ", ".join(x for x in (row.by.display_name if row.by else "", row.owner.name) if x),
                "kind": RULES.title("kind", row.kind),
                "title": readable[row.pk].title if row.pk in readable else "",
                "to": _capital(to_whom(row)),
                "basis": basis(row),
                "standing": standing(row),
                "case": case.reference if case else "",
                "href": reverse("sharing:released", args=[case.key, row.key]) if case else "",
            }
        )
    return found


def paper_lines(lines: Sequence[dict[str, Any]]) -> tuple[RegisterLine, ...]:
    return tuple(
        RegisterLine(
            when=line["on"],
            who=line["who"],
            what=": ".join(x for x in (line["kind"], line["title"]) if x),
            to=line["to"],
            basis=line["basis"],
            standing=line["standing"],
            reference=line["case"],
        )
        for line in lines
    )


def consent(row: Grounds | Draft, basis_code: str) -> str:
    if basis_code != CONSENT or not row.consent_on:
        return ""
    whose = RULES.title("consent_of", row.consent_of)
    return f"{whose}, {RULES.title('consent_how', row.consent_how).lower()}, on {day(row.consent_on)}"


def why(row: Grounds, line: Disclosure) -> list[dict[str, str]]:
    """The grounds, for those where it came from."""
    told = [
        ("Legal basis", basis(line)),
        ("Consent", consent(row, line.basis)),
        ("What shows that the threshold is met", row.threshold_words),
        ("Why the recipient needs it", row.necessity),
        ("Why this much and no more", row.proportionality),
    ]
    return [{"label": label, "text": text} for label, text in told if text]
