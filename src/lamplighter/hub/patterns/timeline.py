"""The timeline of a pattern: occasions, silences, orders and outcomes on one line."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lamplighter.courses import coder
from lamplighter.hub.patterns.models import Occasion
from lamplighter.hub.patterns.reading import Reading
from lamplighter.hub.patterns.sentences import offence
from lamplighter.reporting.words import day, sentence, span, when
from lamplighter.vocabulary.codes import code_set

LEAST_SILENCE_DAYS = 14
_PRECISION = {
    "range": "between two times",
    "month": "to the month",
    "year": "to the year",
    "not_known": "date not known; shown where it was reported",
}
ATTRIBUTION = {
    "same_person_linked": "The records of this report were linked to the same two people.",
    "by_proxy": "Done by somebody else for the person reported.",
    "against_relative": "Done to somebody close to the person harmed.",
    "inferred_unknown_suspect": "Nobody is named in this report. It was put here for the reason given.",
}
# Channels as they are said after an act, where their title alone does not read on.
HOW = {
    "in_person": "in person",
    "phone": "by telephone call or voicemail",
    "social_media": "on social media or another platform",
    "device": "with a tracker, camera or spyware",
    "payment": "in a payment reference",
    "third_party": "through somebody else",
    "court_process": "through a court or complaint",
}
LIMBS = {
    "a": "following",
    "b": "contacting",
    "c": "publishing",
    "d": "monitoring",
    "e": "loitering",
    "f": "interfering with property",
    "g": "watching",
    "other": "other acts associated with stalking",
}


def acts(codes: list[str]) -> str:
    """'Followed; contacted, or tried to, by any means'."""
    titles = code_set("behaviours")
    names = [titles.codes[c].title if c in titles.codes else c for c in codes]
    if not names:
        return "No act against the person was read from the words"
    return "; ".join([names[0], *(n[0].lower() + n[1:] for n in names[1:])])


def limbs(codes: list[str]) -> str:
    """'s.2A(3)(b) contacting, (e) loitering'; empty when no limb was shown."""
    lettered = [f"({c}) {LIMBS[c]}" for c in codes if c in LIMBS and c != "other"]
    found = f"s.2A(3){', '.join(lettered)}" if lettered else ""
    return ", ".join(p for p in (found, LIMBS["other"] if "other" in codes else "") if p)


def channels(codes: list[str]) -> str:
    """'In person, and by text or messaging app'; empty when no channel is known."""
    titles = code_set("channels").codes
    told = [HOW.get(c, f"by {titles[c].title.lower()}") for c in codes if c in titles and c != "not_known"]
    return sentence(", and ".join([", ".join(told[:-1]), told[-1]])) if told[1:] else sentence("".join(told))


def items(reading: Reading) -> list[dict[str, Any]]:
    """What the timeline shows, in order; a silence stands between the occasions that it parts."""
    out: list[dict[str, Any]] = []
    last: dt.datetime | None = None
    for number, accounts in reading.numbered.items():
        first = accounts[0]
        if first.at and last and (days := (first.at.date() - last.date()).days) >= LEAST_SILENCE_DAYS:
            out.append({"gap": f"{span(days)} with nothing recorded"})
        out.append(_occasion(reading, number, accounts))
        out += [e for a in accounts for e in _events(reading, a)]
        last = max((t for t in (last, first.at) if t), default=None)
    return out


def _occasion(reading: Reading, number: int, accounts: list[Occasion]) -> dict[str, Any]:
    first = accounts[0]
    report = reading.reports.get(first.report_id, {})
    told = list(dict.fromkeys(a for account in accounts for a in account.acts))
    channel = channels(list(dict.fromkeys(c for account in accounts for c in account.channels)))
    badges: list[dict[str, str]] = []
    if first.reversed:
        badges.append({"text": "The other way round: reported by the person reported", "kind": "strong"})
    if first.actor == "proxy":
        badges.append({"text": "Through somebody else", "kind": ""})
    return {
        "id": f"occasion-{number}",
        "number": number,
        "when": when(first.at, first.until, first.precision),
        "precision": _PRECISION.get(first.precision or "", "") if first.precision != "range" else "",
        "title": acts(told),
        "channel": channel,
        "limbs": limbs(sorted({x for a in accounts for x in a.limbs})),
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
    if occasion.attribution == "named":
        return ""
    return " ".join(
        p for p in (ATTRIBUTION.get(occasion.attribution, ""), sentence(occasion.reason or "")) if p
    )


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
