"""Find the person that an id leads to today. Cases keep the id that somebody had when they were opened;
persons join afterwards, and part again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Q, QuerySet

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.people.models import Membership, PersonChange


@as_service("find who is who")
def everybody_who_is(person_ids: Collection[str], as_at: dt.datetime | None = None) -> dict[str, str]:
    """The ids of today of these persons, and every other id that leads to one of those: by id, today's.

    ``as_at``: as it was then. Asked as the service that finds who is who: whoever may open two cases is told
    that one person is in both, also where the records behind it are not theirs to read.
    """
    found = {person: person for person in person_ids}
    edge = set(found)
    while edge:
        heirs = _heirs(edge, as_at)
        found = {person: heirs.get(now, now) for person, now in found.items()}
        edge = set(heirs.values()) - found.keys()
        found |= {person: person for person in edge}
    edge = set(found)
    while edge:
        earlier = _changes(as_at).filter(kind="merged", person_id__in=edge)
        joined = earlier.values_list("other_person_id", flat=True)
        others = {other for other in joined if other} - found.keys()
        found |= (led := {o: found[heir] for o, heir in _heirs(others, as_at).items() if heir in found})
        edge = set(led)
    return found


def _heirs(person_ids: Collection[str], as_at: dt.datetime | None) -> dict[str, str]:
    """Of those who are no more: whom they were joined with last. Whoever came back is nobody else."""
    joined, back = Q(kind="merged", other_person_id__in=person_ids), Q(person_id__in=person_ids)
    said = _changes(as_at).filter(joined | (back & ~Q(kind="merged"))).order_by("pk")
    last = {
        (other if kind == "merged" else person): (person if kind == "merged" else None)
        for kind, person, other in said.values_list("kind", "person_id", "other_person_id")
    }
    here = set() if as_at else set(_current([gone for gone in last if gone]))
    return {gone: heir for gone, heir in last.items() if gone and heir and gone not in here}


def _current(person_ids: Collection[str]) -> list[str]:
    held = Membership.objects.filter(person_id__in=list(person_ids), current=True)
    return list(held.values_list("person_id", flat=True))


def _changes(as_at: dt.datetime | None) -> QuerySet[PersonChange]:
    return PersonChange.objects.filter(at__lte=as_at) if as_at else PersonChange.objects.all()
