"""Markers in words, as plain values for pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit.words import in_words
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.workforce import rules, selectors
from lamplighter.hub.workforce.models import Marker, Step
from lamplighter.reporting.words import clock, count

KINDS = {"report": "A report", "pattern": "A pattern", "person": "A person’s records", "case": "A case"}


def employer(marker: Marker) -> str:
    return marker.agency.name if marker.agency else marker.employer


def line(marker: Marker) -> dict[str, str]:
    """Say on a page of a report, a pattern or a case who must not hear of it, and where the rest is."""
    name = employer(marker)
    text = f"The suspect works for {name}."
    if marker.agency:
        text += " Nobody there finds this. Do not speak of it with them."
    else:
        text += " Do not speak of it with them."
    return {"text": text, "href": reverse("workforce:marker", args=[marker.key]), "employer": name}


def lines(*, report_id: str = "", course_id: str = "", case: Case | None = None) -> list[dict[str, str]]:
    """Return what the page of a report, a pattern or a case says of the markers that count for it."""
    return [line(m) for m in selectors.on(report_id=report_id, course_id=course_id, case=case)]


def title(marker: Marker) -> str:
    return f"Somebody who works for {employer(marker)} is reported"


def row(marker: Marker, stands: bool) -> dict[str, Any]:
    """One line of the list."""
    lead = selectors.lead(marker)
    return {
        "title": title(marker),
        "href": reverse("workforce:marker", args=[marker.key]),
        "at": marker.at,
        "lead": f"{lead.user.display_name}, {lead.user.agency}" if lead else "Nobody yet",
        "stands": stands,
    }


def page(marker: Marker, user: User) -> dict[str, Any]:
    """Everything that this person reads of a marker."""
    stands = bool(selectors.standing([marker]))
    team, lead = selectors.members(marker), selectors.lead(marker)
    mine = lead is not None and lead.user_id == user.pk
    in_team = selectors.in_team(marker, user)
    found = selectors.cases(marker)
    return {
        "marker": marker,
        "title": title(marker),
        "employer": employer(marker),
        "stands": stands,
        "facts": _facts(marker),
        "on": _on(marker),
        "team": [
            {
                "name": m.user.display_name,
                "what": f"{m.user.get_role_display()}, {m.agency.name}",
                "lead": m.lead,
                "here": selectors.is_here(m),
                "inside": m.agency_id == marker.agency_id,
                "key": m.key,
            }
            for m in team
        ],
        "lead": lead,
        "leads": mine,
        "in_team": in_team,
        "reads_looks": in_team and user.agency_id != marker.agency_id,
        "named": [f"{n.user.display_name}, {n.user.username}" for n in selectors.named(marker)],
        "steps": [_step(marker, s) for s in selectors.steps(marker)],
        "covered": count(selectors.covered(marker), "report"),
        "cases": [_case(marker, c) for c in found],
        "ends": [_end(e) for e in selectors.ends(marker)],
        "open_end": selectors.open_end(marker),
    }


def _by(row: Any) -> str:
    """Who wrote a row, for which agency."""
    return f"{row.by.display_name}, {row.by.agency}" if row.by and row.by.agency else "The hub"


def _facts(marker: Marker) -> list[dict[str, Any]]:
    at = timezone.localtime(marker.at)
    rows = (
        ("Works for", employer(marker)),
        ("As", marker.get_post_display()),
        ("Known because", marker.get_known_display()),
        ("Recorded by", _by(marker)),
        ("Recorded", f"{at:%-d %B %Y} at {clock(at)}"),
    )
    return [{"key": {"text": k}, "value": {"text": v}} for k, v in rows]


def _on(marker: Marker) -> dict[str, str] | None:
    """Where it was recorded, where this person may open that."""
    if marker.case_id:
        case = next((c for c in selectors.cases(marker) if c.pk == marker.case_id), None)
        return (
            {"text": f"Case {case.reference}", "href": reverse("cases:case", args=[case.key])}
            if case
            else None
        )
    if marker.course_id:
        return {
            "text": f"Pattern {marker.course_id}",
            "href": reverse("patterns:pattern", args=[marker.course_id]),
        }
    try:
        key = intake.report_key(marker.report_id)
    except ReportVersion.DoesNotExist:
        return None
    return {"text": "The report", "href": reverse("intake:report", args=[key])}


def _case(marker: Marker, case: Any) -> dict[str, Any]:
    """A case, and the tasks on it that nobody finds any more because they are that agency's."""
    left = Clock.objects.filter(case=case, owner=marker.agency_id, state=Clock.State.RUNNING)
    return {
        "text": f"Case {case.reference}",
        "href": reverse("cases:case", args=[case.key]),
        "tasks": [t.text for t in left.order_by("due_at")] if marker.agency_id else [],
    }


def _step(marker: Marker, step: Step) -> dict[str, Any]:
    rule = rules.step(step.code, step.at)
    done = [
        {
            "what": o.get_outcome_display(),
            "on": o.on,
            "words": o.words,
            "by": o.by.display_name if o.by else "",
        }
        for o in step.outcomes.all()
    ]
    return {
        "title": step.title,
        "about": rule.extra["about"] if rule else "",
        "due_at": step.due_at,
        "late": not done and step.due_at < timezone.now(),
        "done": done,
        "href": reverse("workforce:step", args=[marker.key, step.key]),
    }


def _end(proposal: Any) -> dict[str, Any]:
    check = getattr(proposal, "check_made", None)
    return {
        "by": _by(proposal),
        "at": proposal.at,
        "reason": proposal.reason,
        "check": check and _by(check),
        "agrees": bool(check and check.agrees),
        "why": check.reason if check else "",
    }


def looks(found: Sequence[selectors.Look]) -> list[dict[str, Any]]:
    """One line for each person, day and kind of thing, the newest first."""
    lines: dict[tuple[Any, ...], dict[str, Any]] = {}
    for look in found:
        day: dt.date = timezone.localdate(look.at)
        kind = KINDS.get(look.subject.partition(" ")[0], "A case") if not look.case_id else "A case"
        who = look.user.display_name if look.user else "Somebody who has no account any more"
        one = lines.setdefault(
            (who, look.agency, day, kind),
            {"who": who, "agency": look.agency, "last": look.at, "kind": kind, "what": {}},
        )
        verb = in_words(look.verb)
        one["what"][verb] = one["what"].get(verb, 0) + 1
    for one in lines.values():
        one["what"] = ", ".join(w if n == 1 else f"{w} ({n} times)" for w, n in one["what"].items())
    return list(lines.values())
