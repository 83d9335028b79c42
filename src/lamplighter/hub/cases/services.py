"""The only writers of a case: opening it, who works on it, where it stands, what happened."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access.identity import as_service
from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import policies
from lamplighter.hub.cases.models import Case, Entry, Participation, Party, Referral, Status

# No vowel and nothing that looks like something else: no word can come of it, and it can be read out.
LETTERS = "BCDFGHJKLMNPQRSTVWXZ2345679"


def new_reference() -> str:
    """``LL-7KQ2-M9XB``: 39 random bits. It says nothing about when, where or how many."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"LL-{letters[:4]}-{letters[4:]}"


@transaction.atomic
def refer(
    user: User,
    *,
    victim: dict[str, Any],
    suspect: dict[str, Any],
    why: str,
    agencies: Sequence[Agency] = (),
    crime_numbers: str = "",
    risk_now: str = "",
    course_id: str = "",
) -> Case:
    """Open a case by referral: two people, who sends it and why. A crime number is not needed.

    ``victim`` and ``suspect`` hold columns of :class:`Party` (``name`` at
    least). The referring agency works on the case from now on, and ``agencies``
    with it. Raises ``policies.NotPossibleError`` when something is missing.
    """
    policies.check_referral(victim, suspect, why)
    with as_service("open a case"):
        # A new case is nobody's yet: the rules of the wall let no person write to it before this.
        case = Case.objects.create(
            reference=new_reference(), owner_id=user.agency_id, by=user, course_id=course_id
        )
        for agency in dict.fromkeys([user.agency, *agencies]):
            Participation.objects.create(**owned(user, case, agency=agency, reason="From the referral"))
        for side, columns in ((Party.Side.VICTIM, victim), (Party.Side.SUSPECT, suspect)):
            Party.objects.create(**owned(user, case, side=side, **columns))
        Referral.objects.create(**owned(user, case, why=why, crime_numbers=crime_numbers, risk_now=risk_now))
        Status.objects.create(**owned(user, case, name=Status.Name.REFERRED, reason=why))
        enter(
            user, case, "referral", f"Referred by {user.agency.name if user.agency else 'the hub'}", body=why
        )
        audit.record(user, "cases.referred", f"case {case.key}", operation=Operation.COLLECTION, case=case)
    return case


def enter(
    user: User | None,
    case: Case,
    kind: str,
    title: str,
    *,
    partition: str = "shared",
    body: str = "",
    happened_at: dt.datetime | None = None,
    page: str = "",
    of_key: Any = None,
    owner_id: str | None = None,
) -> Entry:
    """Add one line to the case's history, in ``partition``: its readers see it, nobody else."""
    now = timezone.now()
    return Entry.objects.create(
        case=case,
        by=user,
        owner_id=owner_id or (user.agency_id if user else case.owner_id),
        at=now,
        kind=kind,
        happened_at=happened_at or now,
        title=title,
        body=body,
        partition=partition,
        page=page,
        of_key=of_key,
    )


@transaction.atomic
def add_agency(user: User, case: Case, agency: Agency, reason: str) -> Participation:
    """Another agency works on the case from now on. Whoever works on it may ask another in, with a reason."""
    policies.check_reason(reason)
    made = Participation.objects.create(**owned(user, case, agency=agency, reason=reason))
    enter(user, case, "agency", f"{agency.name} works on the case", body=reason)
    audit.record(
        user,
        "cases.agency_added",
        f"case {case.key}",
        operation=Operation.DISCLOSURE,
        case=case,
        agency=agency.code,
    )
    return made


@transaction.atomic
def move(user: User, case: Case, name: str, reason: str) -> Status:
    """Put the case where ``name`` says, if the present status allows it. A row is added; none is changed."""
    policies.check_reason(reason)
    policies.check_move(current(case).name, name)
    made = Status.objects.create(**owned(user, case, name=name, reason=reason))
    enter(user, case, "status", f"Status: {made.get_name_display()}", body=reason)
    audit.record(user, "cases.moved", f"case {case.key}", case=case, fields=["status"], to=name)
    return made


def current(case: Case, as_at: dt.datetime | None = None) -> Status:
    """The status that stood at a moment: now, unless one is given."""
    rows = Status.objects.filter(case=case)
    if as_at is not None:
        rows = rows.filter(at__lte=as_at)
    return rows.order_by("-at", "-pk")[0]
