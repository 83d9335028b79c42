"""Correct the names of the two people of a case, and link people who are in another case too."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import hooks, policies, selectors, services
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.site.refusals import NotPossibleError

KNOWN_BY = {
    "birth_date": "Same name and date of birth",
    "number": "Same number in an agency's records",
    "somebody": "Somebody who knows them says so",
    "mirrored": "The same two people, with the roles reversed",
}
COLUMNS = ("name", "also_known_as", "birth_date", "age_from", "age_to", "age_on", "person_id")


def columns(party: Party) -> dict[str, Any]:
    """Return what a row says about the person."""
    return {name: getattr(party, name) for name in COLUMNS}


@transaction.atomic
def correct(
    user: User,
    case: Case,
    seen: Party,
    reason: str,
    *,
    at: dt.datetime | None = None,
    **changed: Any,
) -> Party:
    """Put right what the case calls a person: a new row stands, the one before stays as it was.

    ``seen`` is the row that the person read. When another stands by now,
    ``ConflictError`` carries it and nothing is written.
    """
    policies.check_reason(reason)
    if not str(changed.get("name", seen.name)).strip():
        raise NotPossibleError("Enter what the person is called, or “Not known”.")
    with services._told(at):
        services._hold(case)
        standing = selectors.newest_version(seen)
        services.check_seen(standing, seen.key)
        made = _replace(user, case, standing, reason, changed)
        title = f"{made.get_side_display()}: record corrected"
        services.enter(user, case, "people", title, body=reason, page="cases:person", of_key=made.key)
        hooks.people_changed(user, case)
    fields = [name for name in COLUMNS if getattr(made, name) != getattr(standing, name)]
    audit.record(user, "cases.person_corrected", f"case {case.key}", case=case, fields=fields)
    return made


def _replace(user: User, case: Case, standing: Party, reason: str, changed: dict[str, Any]) -> Party:
    values = columns(standing) | changed
    if values == columns(standing):
        raise NotPossibleError("Nothing is different from what the case says already.")
    Party.objects.filter(pk=standing.pk).update(replaced_at=moment.now())
    row = owned(user, case, side=standing.side, replaces=standing, reason=reason, **values)
    return Party.objects.create(**{"at": moment.now(), **row})


@transaction.atomic
def same_person(user: User, case: Case, mine: Party, other: Party, how: str) -> Party:
    """Say that a person of this case is a person of another case: both carry one id from now on.

    ``how`` is a code of :data:`KNOWN_BY`. Nothing of it is in the history of
    either: whoever works on only one of the cases must not learn that there is
    another. The audit trail has it, without a word that somebody typed.
    """
    if how not in KNOWN_BY:
        raise NotPossibleError("Choose how it is known.")
    if mine.person_id and other.person_id:
        if selectors.are_one(mine, other):
            raise NotPossibleError("They are one person already.")
        raise NotPossibleError(
            "Both are known already, as two people. Join their records on the page of the person first."
        )
    person = mine.person_id or other.person_id or f"case-person-{uuid.uuid4()}"
    if not other.person_id:
        _replace(user, other.case, selectors.newest_version(other), "", {"person_id": person})
    made = mine
    if not mine.person_id:
        made = _replace(user, case, selectors.newest_version(mine), "", {"person_id": person})
    audit.record(
        user,
        "cases.same_person",
        f"case {case.key}",
        operation=Operation.COMBINATION,
        case=case,
        known_by=how,
        other=str(other.case.key),
    )
    return made
