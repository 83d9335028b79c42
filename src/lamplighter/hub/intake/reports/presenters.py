"""Prepare the pages about one report, as plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.intake.models import Amendment, Delivery, ReportVersion
from lamplighter.hub.intake.new_report.drafts import Correction
from lamplighter.hub.intake.reports import sections
from lamplighter.hub.intake.reports.sections import Answer, Change, Section
from lamplighter.hub.intake.reports.selectors import HeldReport, Version
from lamplighter.vocabulary.codes import code_set

Door = Delivery.Door
Kind = Amendment.Kind
NOT_SHOWN = "Recorded, and not shown here"


def agency_name(code: str) -> str:
    """Name an agency for a page."""
    known = code_set("agencies").codes
    name = Agency.objects.filter(pk=code).values_list("name", flat=True).first()
    return name or (known[code].title if code in known else code)


def how_corrected(report: HeldReport) -> str:
    """Explain how a report is corrected by those who cannot do it here."""
    name = agency_name(report.agency)
    if report.door == Door.FORM:
        return (
            f"This report was typed by {name}. Only people in {name} can correct or withdraw it: "
            "tell them what is wrong."
        )
    way = (
        "its system sends the correction by the feed"
        if report.door == Door.FEED
        else "sends the corrected extract"
    )
    return (
        f"{name}’s own system sent this report. If something in it is wrong, {name} corrects its record and "
        f"{way}. The hub then keeps both versions."
    )


def summary_rows(section: Section) -> list[dict[str, Any]]:
    """One part as rows of a summary list."""
    return [{"key": {"text": a.label}, "value": {"text": a.words}} for a in section.answers.values()]


def parts(report: HeldReport, *, safely: bool, told: str = "") -> list[dict[str, Any]]:
    """Describe a report, part by part.

    Args:
        safely: how to reach the victim safely is recorded.
        told: what is recorded of it, for whoever typed it.
    """
    found = []
    for section in report.says():
        rows = summary_rows(section)
        if safely and section.key == "victim":
            rows.append({"key": {"text": "How to reach them safely"}, "value": {"text": told or NOT_SHOWN}})
        found.append({"heading": section.heading, "rows": rows})
    return found


def history(report: HeldReport) -> list[dict[str, Any]]:
    """Everything that happened to a report, newest first: when, what, who, why, and what it changed."""
    name = agency_name(report.agency)
    found = []
    for version in report.versions:
        found.append(_came(report, version, name))
        if gone := version.note(Kind.WITHDRAWN):
            found.append(_entry(gone.at, "Withdrawn", gone.by, name, gone.reason))
    return sorted(found, key=lambda e: e["at"], reverse=True)


def meanwhile(report: HeldReport, since: int | None) -> dict[str, Any] | None:
    """Return what others did with a report since a version of it, ``None`` where that one stands: who was
    last, and everything that differs."""
    if since is None:
        return None
    return history(report)[0] | {"changes": report.changed_since(since)}


def amendments(report: HeldReport) -> list[dict[str, Any]]:
    """The same without its first version."""
    return [e | {"reference": report.reference, "key": report.key} for e in history(report) if not e["first"]]


def _came(report: HeldReport, version: Version, agency: str) -> dict[str, Any]:
    if note := version.note(Kind.CORRECTED, Kind.PUT_BACK):
        what = "Corrected" if note.kind == Kind.CORRECTED else "Put back"
        return _entry(note.at, what, note.by, agency, note.reason, report.changed(version))
    first = version is report.versions[0]
    if report.door == Door.FORM:
        return _entry(version.received_at, "Typed", "", agency, first=first)
    how = "by the feed" if report.door == Door.FEED else "in a file"
    what = f"Received {how}" if first else f"A corrected version received {how}"
    return _entry(version.received_at, what, "", agency, "", report.changed(version), first=first)


def _entry(
    at: dt.datetime,
    what: str,
    who: str,
    agency: str,
    reason: str = "",
    changes: Sequence[Change] = (),
    *,
    first: bool = False,
) -> dict[str, Any]:
    return {
        "at": at,
        "what": what,
        "who": f"{who}, {agency}" if who else agency,
        "reason": reason,
        "changes": list(changes),
        "first": first,
    }


def typed_rows(versions: Iterable[ReportVersion]) -> list[dict[str, Any]]:
    """One row a report of the list of those that were typed."""
    return [
        {
            "key": v.key,
            "reference": v.source_ref,
            "reported": v.reported_at,
            "at": v.received_at,
            "state": "Withdrawn" if v.superseded_at else ("Corrected" if v.version > 1 else ""),
        }
        for v in versions
    ]


def correction(draft: Correction, *, safely: bool, address: Mapping[str, str]) -> dict[str, Any]:
    """Everything that a correction would store, with what it changes: parts, parts taken away, and changes.

    Args:
        safely: how to reach the victim safely is recorded, which is not shown.
        address: of the page of each step.
    """
    before = sections.of_pages(draft.recorded_pages(), draft.base.numbers)
    after = sections.of_pages(draft.pages(), draft.numbers)
    if safely:
        before, after = (_with_what_is_not_shown(s) for s in (before, after))
    changes = sections.differences(before, after)
    of_part: dict[str, dict[str, Change]] = {}
    for change in changes:
        of_part.setdefault(change.part, {})[change.name] = change
    recorded = {s.key for s in before}
    shown = [
        {
            "heading": section.heading,
            "href": address[section.step],
            "added": section.key not in recorded,
            "rows": _rows(section, of_part.get(section.key, {})),
        }
        for section in after
    ]
    there = {s.key for s in after}
    gone = [{"heading": s.heading, "rows": summary_rows(s)} for s in before if s.key not in there]
    kept = safely and "victim" in of_part and "safe_contact" not in of_part["victim"]
    return {"parts": shown, "gone": gone, "changes": changes, "keeps_safe_contact": kept}


def _with_what_is_not_shown(parts: list[Section]) -> list[Section]:
    return [
        Section(
            s.key,
            s.heading,
            {
                **s.answers,
                "safe_contact": s.answers.get("safe_contact", Answer("How to reach them safely", NOT_SHOWN)),
            },
            s.step,
        )
        if s.key == "victim"
        else s
        for s in parts
    ]


def _rows(section: Section, changes: Mapping[str, Change]) -> list[dict[str, str]]:
    rows = [
        {"label": a.label, "words": a.words, "was": changes[n].was, "changed": "yes"}
        if n in changes
        else {"label": a.label, "words": a.words, "was": "", "changed": ""}
        for n, a in section.answers.items()
    ]
    taken = [c for n, c in changes.items() if n not in section.answers]
    return rows + [{"label": c.label, "words": "", "was": c.was, "changed": "yes"} for c in taken]
