"""Keeping somebody off a case for ever: a relative, a neighbour, the person it is about."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access.models import BreakGlass, Exclusion
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases.models import Case
from lamplighter.hub.oversight import policies

# Who reviews emergency access; the same stand in the trigger of ends.sql.
REVIEWERS = frozenset({Role.AUDITOR, Role.COORDINATOR, Role.STALKING_LEAD})


@transaction.atomic
def keep_off(user: User, case: Case, other: User, reason: str) -> Exclusion:
    """``other`` finds nothing of this case from now on, whatever their role. They are not told."""
    policies.check_reason(reason)
    standing = Exclusion.objects.filter(case=case, user=other, ended_at=None).exists()
    policies.check_keep_off(standing, blinds=_blinds(user, case, other), last_auditor=_last(case, other))
    made = Exclusion.objects.create(case=case, user=other, reason=reason.strip(), by=user)
    audit.record(
        user,
        "access.kept_off",
        f"person {other.key}",
        case=case,
        reason=made.reason,
    )
    return made


@as_service("watch access")
def _blinds(user: User, case: Case, other: User) -> bool:
    """Tell whether somebody used emergency access on the case that the other could review and nobody has."""
    used = BreakGlass.objects.filter(case=case, user=user, review=None)
    return other.role in REVIEWERS and used.exists()


@as_service("watch access")
def _last(case: Case, other: User) -> bool:
    """Tell whether no other auditor could look at the case."""
    off = Exclusion.objects.filter(case=case, ended_at=None).values("user")
    left = User.objects.working().filter(role=Role.AUDITOR).exclude(pk=other.pk).exclude(pk__in=off)
    return other.role == Role.AUDITOR and not left.exists()


@transaction.atomic
def keep_me_off(user: User, case: Case, reason: str) -> None:
    """I know somebody in this case: from now on I find nothing of it. Somebody else can end that, not I."""
    policies.check_reason(reason)
    audit.record(user, "access.kept_off_myself", f"person {user.key}", case=case, reason=reason.strip())
    # The person may not read the row that keeps them off, and so cannot write it either.
    with as_service("watch access"):
        if not Exclusion.objects.filter(case=case, user=user, ended_at=None).exists():
            Exclusion.objects.create(case=case, user=user, reason=reason.strip(), by=user)


@transaction.atomic
def end(user: User, exclusion: Exclusion, reason: str) -> None:
    policies.check_reason(reason)
    changed = Exclusion.objects.filter(pk=exclusion.pk, ended_at=None).update(ended_at=timezone.now())
    if changed:
        audit.record(
            user,
            "access.kept_off_ended",
            f"person {exclusion.user.key}",
            case=exclusion.case_id,
            reason=reason.strip(),
        )
