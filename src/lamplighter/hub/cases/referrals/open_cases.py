"""Find an open case of two people: by who they are known to be, or by names and dates of birth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lamplighter.hub.cases import selectors
from lamplighter.hub.cases.models import Case, Party, RepeatedReferral
from lamplighter.hub.cases.status.states import OVER
from lamplighter.hub.people.matching import selectors as current_ids

Person = Mapping[str, Any]
"""Columns of a party: ``person_id``, ``name`` and ``birth_date``, each of which may be empty."""


def open_cases(victim: Person, suspect: Person, *, but: Case | None = None) -> list[Case]:
    """Return the open cases of the same two people, the same way round, that the wall lets one open.

    A person is the same where linkage or somebody has said so, or where both the
    name and the date of birth are the same. A name alone says nothing.
    """
    with_both = cases_of(Party.Side.VICTIM, victim) & cases_of(Party.Side.SUSPECT, suspect)
    found = list(
        Case.objects.filter(pk__in=with_both).exclude(pk=but.pk if but else 0).order_by("-opened_at")
    )
    status = selectors.statuses(found)
    return [case for case in found if case.pk in status and status[case.pk].name not in OVER]


def of_case(case: Case) -> list[Case]:
    """Return the other open cases of the two people of ``case`` that the wall lets one open."""
    people = {party.side: party for party in selectors.parties(case)}
    if len(people) < len(Party.Side):
        return []
    victim, suspect = (person(people[side]) for side in (Party.Side.VICTIM, Party.Side.SUSPECT))
    return open_cases(victim, suspect, but=case)


def reasons(case: Case, as_at: dt.datetime | None = None) -> list[RepeatedReferral]:
    """Return why the two people of ``case`` were referred again, for those who may open both cases."""
    rows = selectors.known(RepeatedReferral.objects.filter(case=case), as_at)
    return list(rows.select_related("other", "by", "owner").order_by("pk"))


def person(party: Party) -> Person:
    """Return who a party of a case is, as far as the case says."""
    return {"person_id": party.person_id, "name": party.name, "birth_date": party.birth_date}


def cases_of(side: str, person: Person) -> set[int]:
    """Return the cases that one may open in which somebody is on that side, by their ids."""
    standing = Party.objects.filter(side=side, replaced_at=None)
    found: set[int] = set()
    if known := person.get("person_id"):
        everybody = current_ids.everybody_who_is({known})
        found |= set(standing.filter(person_id__in=list(everybody)).values_list("case", flat=True))
    name, born = _plain(person.get("name")), person.get("birth_date")
    if name and born:
        rows = standing.filter(birth_date=born).values_list("case", "name")
        found |= {pk for pk, called in rows if _plain(called) == name}
    return found


def _plain(name: Any) -> str:
    return " ".join(str(name or "").casefold().split())
