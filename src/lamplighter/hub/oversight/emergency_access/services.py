"""Breaking the glass: a partition opened for a while by somebody whom the rule keeps out, and its review.

The database decides who may (``BreakGlass.wall_adds``), lets it lapse by
itself, and lets nobody write through it. Here are the words, the alert to
those whose partition it is, and the review that somebody else must close.
"""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access.concurrent_edits import one_at_a_time
from lamplighter.hub.access.models import BreakGlass, BreakGlassReview
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.access.wall.partitions import AREAS, VAULT, owners_of
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.oversight import policies
from lamplighter.hub.oversight.emergency_access import selectors
from lamplighter.reporting.words import clock

ALERT = "glass_broken"
# The first half of the lock; the access is the second.
REVIEWING = 72021


@transaction.atomic
def break_glass(user: User, case_id: int, partition: str, reason: str, minutes: int) -> BreakGlass:
    """Open ``partition`` of a case to ``user`` for some minutes, and tell those whose it is.

    Raises ``NotPossibleError`` for a short reason or an unknown time;
    the database refuses those whom the rule does not let.
    """
    policies.check_reason(reason)
    policies.check_minutes(minutes, selectors.config()["minutes"])
    made = BreakGlass.objects.create(
        case_id=case_id,
        partition=partition,
        user=user,
        reason=reason.strip(),
        # The database compares with the start of its own transaction.
        expires_at=TransactionNow() + dt.timedelta(minutes=minutes),
    )
    made.refresh_from_db()
    audit.record(
        user,
        "access.glass_broken",
        f"glass {made.key}",
        operation=Operation.CONSULTATION,
        case=case_id,
        fields=[partition],
        reason=made.reason,
        minutes=minutes,
    )
    _tell_the_owners(user, made)
    return made


def _tell_the_owners(user: User, glass: BreakGlass) -> None:
    """A line in the history of the partition, and something to do for each agency whose partition it is."""
    from lamplighter.hub.cases import services as cases
    from lamplighter.hub.cases.models import Case, Participation
    from lamplighter.hub.clocks import services as clocks

    # A row in the vault would be seen only by whoever gives a reason: her advocate is told beside it.
    area = "advocacy" if glass.partition == VAULT.name else glass.partition
    told, kinds = AREAS[area].name, owners_of(area)
    with as_service("run clocks"):
        case = Case.objects.get(pk=glass.case_id)
        standing = Participation.objects.filter(case=case, ended_at=None).select_related("agency")
        owners = [p.agency for p in standing if p.agency.kind in kinds]
        if not kinds:
            owners = [case.owner]
        for agency in owners:
            cases.enter(
                None,  # a row of the agency that is told; who it was stands in its words
                case,
                ALERT,
                f"Emergency access: {selectors.words_of(glass.partition)}",
                partition=told,
                body=f"{_who(user)}, until {clock(timezone.localtime(glass.expires_at))}. {glass.reason}",
                owner_id=agency.code,
                of_key=glass.key,
            )
            clocks.start(
                _as_if_of(user, agency),
                case,
                ALERT,
                "Review emergency access to this case",
                due_at=glass.at + dt.timedelta(hours=selectors.config()["review_within_hours"]),
                why="Somebody outside your side has read it. A coordinator or stalking lead must review it.",
                partition=told,
                of_key=glass.key,
            )


def _as_if_of(user: User, agency: Agency) -> User:
    """The same person, writing for the agency that is told."""
    return User(pk=user.pk, agency=agency, role=user.role)


def _who(user: User) -> str:
    agency = user.agency.name if user.agency else "the hub"
    return f"{user.display_name}, {user.get_role_display().lower()}, {agency}"


@transaction.atomic
def end(user: User, glass: BreakGlass) -> None:
    """Close it before its time. Only the person who broke it can; the database holds them to that."""
    changed = BreakGlass.objects.filter(pk=glass.pk, user=user, ended_at=None).update(ended_at=timezone.now())
    if changed:
        audit.record(user, "access.glass_ended", f"glass {glass.key}", case=glass.case_id)


@transaction.atomic
def review(user: User, glass: BreakGlass, finding: str, words: str) -> BreakGlassReview:
    """Record another person's review. Closes the review and the owners' tasks about it."""
    from lamplighter.hub.clocks import services as clocks
    from lamplighter.hub.clocks.models import Clock

    # One after the other, so that the second is told. Reviewers may not lock the row itself.
    one_at_a_time(glass.pk, REVIEWING)
    policies.check_review(glass, user, BreakGlassReview.objects.filter(glass=glass).exists())
    policies.check_reason(words)
    made = BreakGlassReview.objects.create(glass=glass, user=user, finding=finding, words=words.strip())
    audit.record(
        user,
        "access.glass_reviewed",
        f"glass {glass.key}",
        case=glass.case_id,
        fields=["finding"],
        to=finding,
    )
    with as_service("run clocks"):
        for clock in Clock.objects.filter(of_key=glass.key, kind=ALERT, state=Clock.State.RUNNING):
            clocks.end(user, clock, why=f"Reviewed: {made.get_finding_display().lower()}")
    return made
