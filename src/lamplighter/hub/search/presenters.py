"""Prepare the results of a search, as rows with links."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.urls import reverse

from lamplighter.hub.accounts.selectors import agency_names
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.patterns import selectors
from lamplighter.hub.patterns.pattern_list import presenters as list_presenters
from lamplighter.hub.search.finding import FoundPerson
from lamplighter.linkage.explain import naming
from lamplighter.reporting.words import count, day, listed
from lamplighter.vocabulary.codes import code_set


def reports(found: Sequence[ReportVersion]) -> list[dict[str, str]]:
    """Return one row a report: when, what it was recorded as, whose it is. Never its words."""
    page_access.among("reports", records=[f"report {r.key}" for r in found])
    names = agency_names()
    offences = {code: group.title for code, group in code_set("offence_groups").codes.items()}
    return [
        {
            "href": reverse("intake:report", args=[r.key]),
            "reference": r.source_ref,
            "when": day(r.reported_at) if r.reported_at else "Date not known",
            "recorded": offences.get(r.recorded_as or "", "Not recorded"),
            "agency": names.get(r.agency, r.agency),
        }
        for r in found
    ]


def patterns(found: Sequence[selectors.Standing]) -> list[dict[str, str]]:
    """Return one row a pattern: both people, how many reports, and the last incident."""
    return [
        row | {"people": f"{row['victim']} and {row['suspect']}", "on": row["on"] or "Date not known"}
        for row in list_presenters.rows(found)
    ]


def people(found: Sequence[FoundPerson]) -> list[dict[str, str]]:
    """Return one row a person: the name on their records, how many were found, and by which detail."""
    page_access.among("people", records=[f"person {person.person_id}" for person in found])
    rows = []
    for person in found:
        told = [row.__dict__ for row in person.rows]
        born = next((row.birth_date for row in person.rows if row.birth_date), None)
        rows.append(
            {
                "href": reverse("people:person", args=[person.person_id]),
                "name": naming.heading(told),
                "born": day(born) if born else "Not recorded",
                "records": count(len({row.version_id for row in person.rows}), "report"),
                "by": f"Same {listed(person.by)}" if person.by else "Name",
            }
        )
    return rows


def answer(numbers: dict[str, int], more: Collection[str] = ()) -> str:
    """Say in one sentence how much was found; "" stands for nothing that the person may see. Of the kinds in
    ``more`` there are more than that."""
    said = [
        f"more than {count(number, noun)}" if noun in more else count(number, noun)
        for noun, number in numbers.items()
        if number
    ]
    return f"Found: {listed(said)}." if said else ""
