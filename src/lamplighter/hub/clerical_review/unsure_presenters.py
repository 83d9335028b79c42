"""Describe each unsure match for the list: both records in a sentence, and why it is unsure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse

from lamplighter.courses.summaries.sentences import offence
from lamplighter.hub.accounts.selectors import agency_names
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.clerical_review import presenters
from lamplighter.hub.clerical_review.unsure_matches import Unsure
from lamplighter.hub.people.links import presenters as link_explanations
from lamplighter.hub.people.models import Link
from lamplighter.linkage.explain import naming
from lamplighter.reporting.words import count, day, listed
from lamplighter.vocabulary.codes import code_set

NOT_ENOUGH = "They agree in too much to be kept apart without a look, and in too little to be linked."


def items(found: Sequence[Unsure]) -> list[dict[str, Any]]:
    """Return each match as a card of the list shows it; one whose link has gone meanwhile is left out."""
    if not found:
        return []
    page_access.among("unsure matches", records=[f"person {p}" for u in found for p in u.persons])
    page_access.among("unsure matches", cases=[case for u in found for case in u.cases])
    people, reports = presenters.rows_of([r for u in found for r in u.records])
    agencies = agency_names()
    wanted = Q()
    for u in found:
        wanted |= Q(left_record=u.records[0], right_record=u.records[1])
    links = {(k.left_record, k.right_record): k for k in Link.objects.filter(wanted)}
    made = []
    for u in found:
        link, rows = links.get(u.records), [people.get(r) for r in u.records]
        if link is None or not all(rows):
            continue
        told = link_explanations.explained(link)
        names = [naming.heading([row]) for row in rows if row]
        others = u.pairs - 1
        made.append(
            {
                "address": link.address,
                "title": f"{names[0]} and {names[1]}"
                if len(set(names)) > 1
                else f"{names[0]}, in two reports",
                "places": listed([_place(reports[row["report_id"]], agencies) for row in rows if row]),
                "records": [_sentence(row, reports[row["report_id"]], agencies) for row in rows if row],
                "why": told.why,
                "unsure": f"{told.held or NOT_ENOUGH} {told.against}",
                "others": f"{count(others, 'other pair')} of their records {'is' if others == 1 else 'are'} "
                "unsure as well. One decision settles all of them."
                if others
                else "",
                "since": f"Waiting since {day(u.since)}."
                if u.since
                else "It is not known since when it waits.",
                "cases": [
                    {"text": f"Open case {case.reference}", "href": reverse("cases:case", args=[case.key])}
                    for case in u.cases
                ],
                "href": reverse("people:link", args=[link.address]),
            }
        )
    return made


def _place(report: dict[str, Any], agencies: dict[str, str]) -> str:
    return f"{report['source_ref']} ({agencies.get(report['agency'], report['agency'])})"


def _sentence(row: dict[str, Any], report: dict[str, Any], agencies: dict[str, str]) -> str:
    """The record in words: who it names and what it was recorded in."""
    born = f"born {day(row['birth_date'])}" if row.get("birth_date") else ""
    age = f"aged {_age(row)}" if not born and row.get("age_from") else ""
    tie = code_set("relationships").title(row["relationship"]).lower() if row.get("relationship") else ""
    called = naming.also_called([row])
    parts = [
        naming.heading([row]),
        f"also called {listed(called)}" if called else "",
        naming.described([row]) and f"described as {naming.described([row])}",
        born or age,
        f"relationship to the victim: {tie}" if tie else "",
    ]
    who = ", ".join(part for part in parts if part)
    role = code_set("roles").title(row["role"])
    reported = f", reported {day(report['reported_at'])}" if report["reported_at"] else ""
    place = _place(report, agencies)
    return f"{role} in {place}: {who}. Recorded as {offence(report['recorded_as'])}{reported}."


def _age(row: dict[str, Any]) -> str:
    upper = row.get("age_to")
    return f"{row['age_from']} to {upper}" if upper and upper != row["age_from"] else str(row["age_from"])
