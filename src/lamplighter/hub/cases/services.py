"""The only writers of a case: opening it, who works on it, where it stands, what happened."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import hooks, policies, selectors
from lamplighter.hub.cases.models import Case, Entry, Participation, Party, Referral, RepeatedReferral, Status
from lamplighter.hub.cases.referrals import open_cases
from lamplighter.hub.cases.status import services as deadlines
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

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
    danger: str = Referral.Knows.NOT_KNOWN,
    victim_knows: str = Referral.Knows.NOT_KNOWN,
    course_id: str = "",
    again_why: str = "",
    at: dt.datetime | None = None,
) -> Case:
    """Open a case by referral: two people, who sends it and why. A crime number is not needed.

    ``victim`` and ``suspect`` hold columns of :class:`Party` (``name`` at
    least). The referring agency works on the case from now on, and ``agencies``
    with it. ``danger`` says whether somebody is in danger now: then ``risk_now`` says what was done, and
    the time of triage is counted in hours. Where the two have an open case that ``user`` may open,
    ``again_why`` says why they are referred again. The clock of triage starts. ``at`` dates the story of a
    demonstration. Raises ``NotPossibleError`` when something is missing.
    """
    policies.check_referral(victim, suspect, why)
    policies.check_danger(danger, risk_now)
    # As the person who refers: of a case that they may not open they learn nothing.
    earlier = open_cases.open_cases(victim, suspect)
    policies.check_again(earlier, again_why)
    with _told(at), as_service("open a case"):
        # A new case is nobody's yet: the rules of the wall let no person write to it before this.
        case = Case.objects.create(
            reference=new_reference(),
            owner_id=user.own_agency_id,
            by=user,
            course_id=course_id,
            opened_at=moment.now(),
        )
        for agency in dict.fromkeys([user.agency, *agencies]):
            Participation.objects.create(**owned(user, case, agency=agency, reason="From the referral"))
        for side, columns in ((Party.Side.VICTIM, victim), (Party.Side.SUSPECT, suspect)):
            Party.objects.create(**owned(user, case, side=side, **columns))
        made = Referral.objects.create(
            **owned(
                user,
                case,
                why=why,
                crime_numbers=crime_numbers,
                risk_now=risk_now,
                danger=danger,
                victim_knows=victim_knows,
            )
        )
        Status.objects.create(**owned(user, case, name=Status.Name.REFERRED, reason=why))
        title = f"Referred by {user.agency.name if user.agency else 'the hub'}"
        enter(user, case, "referral", title, body=why, page="cases:case", of_key=made.key)
        for other in earlier:
            RepeatedReferral.objects.create(**owned(user, case, other=other, reason=again_why))
        deadlines.start(user, case, Status.Name.REFERRED)
        audit.record(user, "cases.referred", f"case {case.key}", operation=Operation.COLLECTION, case=case)
        hooks.tell(case)
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
    now = moment.now()
    return Entry.objects.create(
        case=case,
        by=user,
        owner_id=owner_id or (user.own_agency_id if user else case.owner_id),
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
def add_agency(
    user: User, case: Case, agency: Agency, reason: str, *, at: dt.datetime | None = None
) -> Participation:
    """Another agency works on the case from now on. Whoever works on it may ask another in, with a reason."""
    policies.check_reason(reason)
    if Participation.objects.filter(case=case, agency=agency, ended_at=None).exists():
        raise NotPossibleError(f"{agency.name} works on this case already.")
    with _told(at):
        made = Participation.objects.create(**owned(user, case, agency=agency, reason=reason))
        enter(user, case, "agency", f"{agency.name} works on the case", body=reason, page="cases:agencies")
        hooks.agencies_changed(user, case)
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
def end_participation(
    user: User, case: Case, agency: Agency, reason: str, *, at: dt.datetime | None = None
) -> Participation:
    """An agency works on the case no more, and its people cannot open it. What it wrote stays."""
    policies.check_reason(reason)
    _hold(case)
    standing = selectors.participations(case)
    found = next((p for p in standing if p.agency_id == agency.code), None)
    if found is None:
        raise NotPossibleError(f"{agency.name} does not work on this case.")
    if len(standing) == 1:
        raise NotPossibleError("Somebody has to work on the case: add another agency first.")
    with _told(at):
        # First, because afterwards one's own agency may be outside.
        enter(
            user,
            case,
            "agency",
            f"{agency.name} no longer works on the case",
            body=reason,
            page="cases:agencies",
        )
        audit.record(user, "cases.agency_ended", f"case {case.key}", case=case, agency=agency.code)
        found.ended_at, found.ended_by, found.ended_why = moment.now(), user, reason
        Participation.objects.filter(pk=found.pk).update(
            ended_at=found.ended_at, ended_by=user, ended_why=reason
        )
        hooks.agencies_changed(user, case)
    return found


@transaction.atomic
def hand_over(user: User, case: Case, agency: Agency, reason: str, *, at: dt.datetime | None = None) -> None:
    """Another agency takes the place of one's own: both, or neither."""
    if user.agency is None or user.agency == agency:
        raise NotPossibleError("Choose the agency that takes the case over.")
    add_agency(user, case, agency, reason, at=at)
    end_participation(user, case, user.agency, reason, at=at)


@transaction.atomic
def move(
    user: User, case: Case, name: str, reason: str, *, seen: Any = None, at: dt.datetime | None = None
) -> Status:
    """Put the case where ``name`` says, if the present status allows it. A row is added; none is changed.

    The clocks of the state begin, and those of the one before end. ``seen`` is
    the key of the status that the person read: when it is not the newest any
    more, ``ConflictError`` is raised and nothing is written.
    """
    policies.check_reason(reason)
    _hold(case)
    now = current(case)
    check_seen(now, seen)
    policies.check_move(now.name, name)
    with _told(at):
        made = put(user, case, name, reason)
        enter(user, case, "status", f"Status: {made.get_name_display()}", body=reason, page="cases:case")
    return made


def put(user: User, case: Case, name: str, reason: str) -> Status:
    """The row of a new state and its clocks, for services that checked it and tell it in their own words."""
    made = Status.objects.create(**owned(user, case, name=name, reason=reason))
    deadlines.state_changed(user, case, name)
    audit.record(user, "cases.moved", f"case {case.key}", case=case, fields=["status"], to=name)
    return made


def check_seen(newest: Any, seen: Any) -> None:
    """Refuse when the row that was read is not the newest any more."""
    if seen is not None and str(newest.key) != str(seen):
        raise ConflictError(newest=newest)


def current(case: Case, as_at: dt.datetime | None = None) -> Status:
    """The status that stood at a moment: now, unless one is given."""
    found = selectors.current(case, as_at)
    if found is None:
        raise LookupError("The hub did not know this case then.")
    return found


def _hold(case: Case) -> None:
    """One change of a case's state at a time: the second waits, and then sees what the first did."""
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)


def _told(at: dt.datetime | None) -> Any:
    return moment.at(at) if at else nullcontext()
