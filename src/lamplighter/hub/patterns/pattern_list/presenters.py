"""Prepare the list of patterns, as plain values for the components."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from lamplighter.courses.findings.urgency import RULES
from lamplighter.courses.summaries import labels
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.selectors import agency_names
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.confidentiality import selectors as readers
from lamplighter.hub.patterns import hooks, selectors
from lamplighter.hub.patterns.decisions import domestic_abuse, time_limits
from lamplighter.hub.patterns.models import Course, Occasion
from lamplighter.hub.patterns.presenters import DECIDED, changed, tag, today
from lamplighter.hub.people import selectors as people
from lamplighter.linkage.explain import naming
from lamplighter.reporting.words import ago, count, day, span

ELSEWHERE = "Named in a report that you cannot read"
LATEST_ELSEWHERE = "Told in a report that you cannot read"
POSSIBLE = "possible stalking"
MARKS = {
    "S": "stated by a published source",
    "K": "general knowledge, to be checked",
    "I": "our judgement",
}


def rows(courses: Sequence[selectors.Standing]) -> list[dict[str, Any]]:
    """One row a pattern."""
    ids = [c.course_id for c in courses]
    page_access.among("patterns", records=[f"pattern {one}" for one in ids])
    names = _names(courses)
    changes = selectors.changes_since_looked(ids)
    amended = selectors.amended_since_looked(courses)
    holding = {c.holder_id for c in courses if c.holder_id is not None}
    holders = {u.pk: u.display_name for u in User.objects.filter(pk__in=holding)}
    elsewhere = {e.report_id for e in readers.elsewhere({r for c in courses for r in c.report_ids})}
    unread = {c.pk for c in courses if elsewhere.intersection(c.report_ids)}
    latest = _latest_acts(courses, unread)
    cases = hooks.cases_of(courses)
    ending = time_limits.soon(today(), ids)
    looking = _to_look(courses)
    return [
        {
            "course_id": c.course_id,
            "href": reverse("patterns:pattern", args=[c.course_id]),
            "victim": names.get(c.victim_person, ELSEWHERE if c.pk in unread else "Not identified"),
            "suspect": names.get(
                c.suspect_person or "",
                ELSEWHERE if c.suspect_person and c.pk in unread else "Person not known",
            ),
            "occasions": count(c.n_occasions, "incident"),
            "reports": count(c.n_reports, "report"),
            "span": span((c.last_at - c.first_at).days) if c.first_at and c.last_at else "dates not known",
            "latest": latest.get(c.pk, ""),
            "ago": ago(c.last_at.date(), today()) if c.last_at else "date not known",
            "on": day(c.last_at) if c.last_at else "",
            "tags": [tag(t) for t in selectors.tags_of(c)],
            "reading": "" if c.flagged else labels.reading_title(c.reading),
            # Everything on the list to decide is possible stalking; the reasons are what tells rows apart.
            "why": [r for r in c.urgency_reasons if r != POSSIBLE],
            "changed": changed(changes[c.course_id], amended[c.course_id], c.rules_met),
            "limit": ending[c.course_id].words if c.course_id in ending else "",
            "look": looking.get(c.course_id, ""),
            "cases": cases[c.course_id],
            "holder": holders.get(c.holder_id or 0, "Nobody"),
            "decided": DECIDED.get(c.decided or "", ""),
        }
        for c in courses
    ]


def _to_look(courses: Sequence[Course]) -> dict[str, str]:
    """By when somebody looks at what reads as possible domestic or honour-based abuse, where it waits."""
    waiting = domestic_abuse.waits(Course.objects.filter(pk__in=[c.pk for c in courses]))
    found = {}
    for w in domestic_abuse.waiting(list(waiting)):
        overdue = f", overdue by {span(-w.days_left)}" if w.days_left < 0 else ""
        found[w.course.course_id] = f"To be looked at by {day(w.due)}{overdue}"
    return found


def _names(courses: Sequence[Course]) -> dict[str, str]:
    persons = {p for c in courses for p in (c.victim_person, c.suspect_person) if p}
    members = people.records_of(persons)
    shown = {r for c in courses for r in c.report_ids}
    records = {m.record_id: m.person_id for ms in members.values() for m in ms if m.report_id in shown}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in intake.rows(shown)["people"]:
        if person := records.get(row["record_id"]):
            found.setdefault(person, []).append(row)
    return {person: naming.heading(rows) for person, rows in found.items()}


def _latest_acts(courses: Sequence[Course], unread: Collection[int]) -> dict[int, str]:
    """What was done last; of a pattern with reports that the reader may not read, if it is in another."""
    last = {c.pk: c.last_at for c in courses}
    found: dict[int, str] = {}
    newest = (
        Occasion.objects.filter(course__in=courses, reversed=False, at__isnull=False)
        .order_by("course_id", "-at")
        .distinct("course_id")
    )
    for o in newest:
        if o.course_id not in unread or o.at == last[o.course_id]:
            found[o.course_id] = labels.acts(o.acts)
    return dict.fromkeys(unread, LATEST_ELSEWHERE) | found


def filter_groups(filters: selectors.Filters) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Filters as links, and the chosen ones as links that take themselves away."""
    names = agency_names()

    def href(**changes: Any) -> str:
        now = {
            "view": filters.view,
            "tag": list(filters.tags),
            "agency": filters.agency,
            "held": filters.held,
            "limit": filters.limit,
        } | changes
        query = urlencode({k: v for k, v in now.items() if v and v != "decide"}, doseq=True)
        return reverse("patterns:list") + (f"?{query}" if query else "")

    chosen = [
        {"text": selectors.TAGS[t][0], "href": href(tag=[x for x in filters.tags if x != t])}
        for t in filters.tags
    ]
    if filters.agency:
        chosen.append({"text": names.get(filters.agency, filters.agency), "href": href(agency="")})
    if filters.held:
        chosen.append({"text": selectors.HELD[filters.held], "href": href(held="")})
    if filters.limit:
        chosen.append({"text": selectors.LIMIT[filters.limit], "href": href(limit="")})
    groups = [
        {
            "label": "What it shows",
            "items": [
                {"text": title, "href": href(tag=[*filters.tags, key])}
                for key, (title, _) in selectors.TAGS.items()
                if key not in filters.tags
            ],
        },
        {
            "label": "Who holds it",
            "items": [
                {"text": t, "href": href(held=k)} for k, t in selectors.HELD.items() if k != filters.held
            ],
        },
    ]
    if not filters.limit:
        groups.append(
            {
                "label": "Time limit",
                "items": [{"text": t, "href": href(limit=k)} for k, t in selectors.LIMIT.items()],
            }
        )
    others = [a for a in selectors.agencies() if a != filters.agency]
    if len(others) > 1 or filters.agency:
        groups.insert(
            1,
            {
                "label": "Reported to",
                "items": [{"text": names.get(a, a), "href": href(agency=a)} for a in others],
            },
        )
    return groups, chosen


def page_href(query: QueryDict, number: int) -> str:
    """The same list at another page."""
    moved = query.copy()
    moved["page"] = str(number)
    return f"?{moved.urlencode()}"


def view_href(view: str) -> str:
    """One of the lists, whole."""
    return reverse("patterns:list") + ("" if view == "decide" else f"?view={view}")


def views(filters: selectors.Filters) -> list[dict[str, Any]]:
    """The lists."""
    return [
        {
            "text": title,
            "href": view_href(key),
            "current": key == filters.view,
        }
        for key, title in selectors.VIEWS.items()
    ]


def order_rules() -> list[dict[str, str]]:
    """The order of the list in the words of its rules, each with its published size and how firm it is."""
    return [{"title": r.title, "size": r.size, "mark": MARKS[r.mark]} for r in RULES]
