"""The timeline of a pattern: occasions, silences, orders and outcomes on one line."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lamplighter.courses.coding import coder
from lamplighter.courses.summaries import labels
from lamplighter.courses.summaries.sentences import offence
from lamplighter.hub.patterns import hooks
from lamplighter.hub.patterns.models import Occasion
from lamplighter.hub.patterns.one_pattern.selectors import Reading
from lamplighter.reporting.words import day, span, when
from lamplighter.vocabulary.codes import code_set

LEAST_SILENCE_DAYS = 14
_PRECISION = {
    "range": "between two times",
    "month": "to the month",
    "year": "to the year",
    "not_known": "date not known; shown where it was reported",
}


def items(reading: Reading) -> list[dict[str, Any]]:
    """List the items of the timeline, in order; a silence stands between the occasions that it parts."""
    out: list[dict[str, Any]] = []
    beside = hooks.beside_reports(list(reading.keys.values()))
    last: dt.datetime | None = None
    for number, accounts in reading.numbered.items():
        first = accounts[0]
        if first.at and last and (days := (first.at.date() - last.date()).days) >= LEAST_SILENCE_DAYS:
            seen = " that you can read" if reading.elsewhere else ""
            out.append({"gap": f"{span(days)} with nothing recorded{seen}"})
        keys = [reading.keys[a.report_id] for a in accounts if a.report_id in reading.keys]
        shown = [b for key in keys for b in beside.get(key, ())]
        out.append(_occasion(reading, number, accounts) | {"beside": list(dict.fromkeys(shown))})
        out += [e for a in accounts for e in _events(reading, a)]
        last = max((t for t in (last, first.at) if t), default=None)
    return out


def _occasion(reading: Reading, number: int, accounts: list[Occasion]) -> dict[str, Any]:
    first = accounts[0]
    report = reading.reports.get(first.report_id, {})
    told = list(dict.fromkeys(a for account in accounts for a in account.acts))
    channel = labels.channels(list(dict.fromkeys(c for account in accounts for c in account.channels)))
    badges: list[dict[str, str]] = []
    if first.reversed:
        badges.append({"text": "Roles reversed: reported by the suspect", "kind": "strong"})
    if first.actor == "proxy":
        badges.append({"text": "Through somebody else", "kind": ""})
    return {
        "id": f"occasion-{number}",
        "number": number,
        "when": when(first.at, first.until, first.precision),
        "precision": _PRECISION.get(first.precision or "", "") if first.precision != "range" else "",
        "title": labels.REPORTED_BY_SUSPECT if first.reversed else labels.acts(told),
        "channel": channel,
        "limbs": labels.limbs(sorted({x for a in accounts for x in a.limbs})),
        "badges": badges,
        "attribution": attribution(first),
        "words": report.get("summary") or "",
        "impact": report.get("impact") or "",
        "accounts": [
            {
                "recorded_as": offence(a.recorded_as),
                "agency": reading.agency(a.agency),
                "reference": a.source_ref,
                "key": reading.keys.get(a.report_id),
                "reported": day(reported)
                if (reported := reading.reports.get(a.report_id, {}).get("reported_at"))
                else "",
                "place": a.place,
            }
            for a in accounts
        ],
        "place": first.place,
    }


def attribution(occasion: Occasion) -> str:
    return labels.attribution(occasion.attribution, occasion.reason)


def _events(reading: Reading, account: Occasion) -> list[dict[str, Any]]:
    """An order that the words mention, and what became of the report: the only ones that exports carry."""
    report = reading.reports.get(account.report_id, {})
    found: list[dict[str, Any]] = []
    cues = coder.read(report.get("summary")).cues
    told = next((c for c in cues if c.cue == "order_in_force"), None)
    if told is not None:
        found.append(
            {
                "order": True,
                "when": when(account.at, None, "day"),
                "title": "An order or condition was in force",
                "by": f"As the report says: “{told.words}”",
            }
        )
    outcome = code_set("outcomes").codes.get(report.get("outcome") or "")
    if outcome is not None and outcome.extra.get("group") in {"charged", "out_of_court"}:
        found.append(
            {
                "order": True,
                "when": "Date not given",
                "title": outcome.title,
                "by": f"Outcome of {account.source_ref}, {reading.agency(account.agency)}",
            }
        )
    return found
