"""Several suspects of one victim: cases whose suspects act together, as relatives do who pursue one person.

A case is one victim and one suspect. Somebody who works on two of one victim's cases can say that their
suspects act together: each then stands on the other's pages, whoever leads the one reads what is reported on
the other, and closing one shows those that stay open. What is said is read by those who can open both cases:
from one case nobody learns that there is another.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404

from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import selectors, services
from lamplighter.hub.cases.models import ActingTogether, Case, Party, Status
from lamplighter.hub.cases.referrals import open_cases
from lamplighter.hub.cases.status.states import OVER
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

Moment = dt.datetime | None


@dataclass(frozen=True, slots=True)
class Other:
    """Another case of the victim: what it calls its suspect, and where it stands."""

    case: Case
    name: str
    status: Status | None

    @property
    def is_open(self) -> bool:
        return self.status is not None and self.status.name not in OVER


def said(case: Case, as_at: Moment = None) -> list[ActingTogether]:
    """Return what stands of whose suspects act together: of this case, and of those it leads to, and so on.

    As far as one may open both cases of each.
    """
    found: dict[int, ActingTogether] = {}
    seen: set[int] = set()
    ahead = {case.pk}
    while ahead:
        seen |= ahead
        rows = _newest(ActingTogether.objects.filter(Q(case__in=ahead) | Q(other__in=ahead)), as_at)
        found |= {row.pk: row for row in rows}
        ahead = {pk for row in rows for pk in (row.case_id, row.other_id)} - seen
    return sorted(found.values(), key=lambda row: row.pk)


def of_case(case: Case, as_at: Moment = None) -> list[Other]:
    """Return the other cases of the group that ``case`` is in."""
    cases = {c.pk: c for row in said(case, as_at) for c in (row.case, row.other) if c.pk != case.pk}
    return told(list(cases.values()), as_at)


def could(case: Case) -> list[Other]:
    """Return the other cases of the same victim that one may open, whose suspects are somebody else and not
    yet said to act together with this one's."""
    people = {party.side: party for party in selectors.parties(case)}
    victim, suspect = people.get(Party.Side.VICTIM), people.get(Party.Side.SUSPECT)
    if victim is None:
        return []
    found = open_cases.cases_of(Party.Side.VICTIM, open_cases.person(victim)) - {case.pk}
    if suspect is not None:
        found -= open_cases.cases_of(Party.Side.SUSPECT, open_cases.person(suspect))
    found -= {o.case.pk for o in of_case(case)}
    return told(list(Case.objects.filter(pk__in=found).order_by("-opened_at")))


def told(cases: Collection[Case], as_at: Moment = None) -> list[Other]:
    """Return what some cases call their suspects and where they stand."""
    suspects = {p.case_id: p.name for p in _suspects(cases, as_at)}
    status = {c.pk: selectors.current(c, as_at) for c in cases} if as_at else selectors.statuses(cases)
    return [Other(case, suspects.get(case.pk, "Not known"), status.get(case.pk)) for case in cases]


@transaction.atomic
def join(user: User, case: Case, others: Collection[Case], reason: str) -> list[ActingTogether]:
    """Say that the suspect of ``case`` acts together with those of ``others``.

    Raises ``NotPossibleError`` without another case or a reason, and where one is not of the
    same victim.
    """
    if not others:
        raise NotPossibleError("Choose at least one person.")
    if not reason.strip():
        raise NotPossibleError("Say how you know that they act together.")
    services._hold(case)
    possible = {o.case.pk for o in could(case)}
    if any(other.pk not in possible for other in others):
        raise NotPossibleError("Choose cases of the same victim. One of these is not, or is joined.")
    return [_record(user, case, other, reason, together=True) for other in others]


@transaction.atomic
def part(user: User, case: Case, key: uuid.UUID, reason: str) -> ActingTogether:
    """Say that two suspects do not act together after all; ``key`` is of the row that says they do.

    Raises ``NotPossibleError`` without a reason, or where it does not stand any more.
    """
    if not reason.strip():
        raise NotPossibleError("Say why they do not act together.")
    services._hold(case)
    row = next((row for row in said(case) if row.key == key), None)
    if row is None:
        raise ConflictError("Somebody recorded that already. Nothing was changed.")
    return _record(user, row.case, row.other, reason, together=False)


def one(case: Case, key: uuid.UUID) -> ActingTogether:
    """Return the row with this key, of the group of ``case``, whether it stands or stood. Raises Http404."""
    rows = ActingTogether.objects.select_related("case", "other").filter(together=True, key=key)
    group = {case.pk} | {o.case.pk for o in of_case(case)}
    found = rows.filter(Q(case__in=group) | Q(other__in=group)).first()
    if found is None:
        raise Http404
    return found


def beside_led(cases: Collection[int], user: User) -> set[int]:
    """Return which of some cases have suspects who act with that of an open case that ``user`` leads."""
    groups = [group for group in _groups(ActingTogether.objects.all(), None) if group & set(cases)]
    leads = selectors.leads_of({pk for group in groups for pk in group}, user.agency_id) if groups else {}
    led = {pk for pk, lead in leads.items() if lead.worker_id == user.pk}
    status = selectors.statuses(Case.objects.filter(pk__in=led)) if led else {}
    open_ones = {pk for pk, row in status.items() if row.name not in OVER}
    return {pk for group in groups for pk in group & set(cases) if open_ones & (group - {pk})}


def _groups(rows: QuerySet[ActingTogether], as_at: Moment) -> list[set[int]]:
    """Cases whose suspects act together, directly or through others, by their ids."""
    groups: list[set[int]] = []
    for row in _newest(rows, as_at):
        pair = {row.case_id, row.other_id}
        apart = [group for group in groups if not group & pair]
        groups = [*apart, pair.union(*(group for group in groups if group & pair))]
    return groups


def _newest(rows: QuerySet[ActingTogether], as_at: Moment) -> list[ActingTogether]:
    """The newest row of each pair of cases, of those that say that the two act together."""
    newest: dict[frozenset[int], ActingTogether] = {}
    for row in selectors.known(rows, as_at).select_related("case", "other", "by", "owner").order_by("pk"):
        newest[frozenset((row.case_id, row.other_id))] = row
    return [row for row in newest.values() if row.together]


def _suspects(cases: Collection[Case], as_at: Moment) -> list[Party]:
    if as_at:
        return [p for c in cases for p in selectors.parties(c, as_at) if p.side == Party.Side.SUSPECT]
    return [p for of in selectors.parties_of(cases).values() for p in of if p.side == Party.Side.SUSPECT]


def _record(user: User, case: Case, other: Case, reason: str, *, together: bool) -> ActingTogether:
    row = {"other": other, "together": together, "reason": reason.strip()}
    made = ActingTogether.objects.create(**owned(user, case, **row))
    verb = "cases.acting_together" if together else "cases.not_acting_together"
    # In the log of each case that something was said of it, and in neither which other case it was about.
    for one_of_them in (case, other):
        audit.record(user, verb, f"case {one_of_them.key}", case=one_of_them, fields=["together"])
    return made
