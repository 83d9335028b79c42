"""Two people for an account: one asks, and somebody else who answers for the agency confirms or refuses.

Until then the account can sign in and opens nothing: the database gives it no role and no agency
(``access.role``), and names who may confirm it (``access.confirmers``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import ASKS, Confirmation, Posting, Role, User, new_stamp
from lamplighter.hub.accounts.staff import members
from lamplighter.hub.audit import services as audit
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

LEAST_WORDS = 10  # characters
SHOWN_FOR = dt.timedelta(days=30)
ONLY_OTHERS = "An account is confirmed by somebody of its agency who did not ask for it."


@dataclass(frozen=True, slots=True)
class Waiting:
    """An account that waits, what for, and whether this reader may answer now."""

    user: User
    asked: Posting | None
    came_in: bool
    mine: bool


def confirmers(user: User) -> list[User]:
    """Return who may confirm this account now, by name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM access.confirmers(%s)", [user.pk])
        ids = [row[0] for row in cursor.fetchall()]
    return list(User.objects.filter(pk__in=ids).order_by("display_name", "pk"))


def _may_confirm(users: list[User]) -> tuple[set[int], set[int]]:
    """Return which of these accounts the reader may answer, and which have come in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT u, access.may_confirm(u), access.came_in(u) FROM unnest(%s::bigint[]) AS u",
            [[user.pk for user in users]],
        )
        rows = cursor.fetchall()
    return {u for u, may, _ in rows if may}, {u for u, _, came in rows if came}


def _unanswered() -> QuerySet[User]:
    refused = Confirmation.objects.filter(user=OuterRef("pk"), agrees=False, at__gte=OuterRef("waits_since"))
    return (
        User.objects.select_related("agency")
        .annotate(refused=Exists(refused))
        .filter(waits_since__isnull=False, left_at=None, refused=False)
        .order_by("waits_since", "pk")
    )


def waiting_for(reader: User) -> list[Waiting]:
    """Return the accounts that this reader may answer; for an auditor every account that waits."""
    rows = _unanswered()
    if reader.role != Role.AUDITOR:
        rows = rows.filter(agency=reader.agency_id)
    found = list(rows.exclude(pk=reader.pk))
    if not found:
        return []
    mine, came_in = _may_confirm(found)
    seen = [user for user in found if reader.role == Role.AUDITOR or user.pk in mine]
    asks = Posting.objects.select_related("by").filter(user__in=seen, what__in=ASKS).order_by("pk")
    latest = {posting.user_id: posting for posting in asks}
    return [Waiting(user, latest.get(user.pk), user.pk in came_in, user.pk in mine) for user in seen]


def one_waiting(reader: User, key: object) -> Waiting | None:
    """Return one account that this reader may answer, if it still waits."""
    return next((w for w in waiting_for(reader) if w.user.key == key and w.mine), None)


def answered_lately() -> list[Confirmation]:
    """Return what was confirmed or refused in the last 30 days, newest first: for auditors."""
    rows = Confirmation.objects.filter(at__gte=timezone.now() - SHOWN_FOR)
    return list(rows.select_related("user", "user__agency", "by", "posting__by").order_by("-at", "-pk")[:100])


def refused(users: list[User]) -> set[int]:
    """Return which of these accounts were refused and have not been asked for again."""
    answers = Confirmation.objects.filter(user__in=[u.pk for u in users if u.waits_since], agrees=False)
    since = {user.pk: user.waits_since for user in users}
    return {a.user_id for a in answers if (begun := since[a.user_id]) is not None and a.at >= begun}


def asked_between(one: User, other_id: int) -> bool:
    """Return whether one of the two asked for something that another had to confirm of the other one."""
    either = Q(user=one, by_id=other_id) | Q(user_id=other_id, by=one)
    with identity.as_service("let people in"):
        return Posting.objects.filter(either, what__in=ASKS).exists()


def latest_ask(user: User) -> Posting | None:
    return Posting.objects.select_related("by").filter(user=user, what__in=ASKS).order_by("pk").last()


@transaction.atomic
def confirm(by: User, user: User, words: str, *, seen: str | None = None) -> None:
    """Say that this person works here in this role and came in themselves. Raises ``NotPossibleError``."""
    posting = _check(by, user, words, seen)
    if user.pk not in _may_confirm([user])[1]:
        raise NotPossibleError(
            "They have not used their sign-in link yet. Whoever made it could still use it: ask them to come "
            "in first, and confirm the account then."
        )
    made = Confirmation.objects.create(user=user, posting=posting, agrees=True, words=words.strip(), by=by)
    user.waits_since = None
    user.save(update_fields=["waits_since"])
    audit.record(by, "accounts.confirmed", f"user {user.key}", reason=made.words)


@transaction.atomic
def refuse(by: User, user: User, words: str, *, seen: str | None = None) -> None:
    """Say that this is not in order: the account is shut at once, and stays until somebody asks again."""
    posting = _check(by, user, words, seen)
    made = Confirmation.objects.create(user=user, posting=posting, agrees=False, words=words.strip(), by=by)
    user.is_active, user.stamp = False, new_stamp()
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password", "stamp"])
    members.shut(user)
    audit.record(by, "accounts.not_confirmed", f"user {user.key}", reason=made.words)


def _check(by: User, user: User, words: str, seen: str | None) -> Posting | None:
    members.nobody_was_first(user, seen)
    if len(words.strip()) < LEAST_WORDS:
        raise NotPossibleError(f"Say how you know in at least {LEAST_WORDS} characters.")
    if user.waits_since is None:
        raise ConflictError("Somebody has confirmed this account already.")
    if not user.is_active and user.pk in refused([user]):
        raise ConflictError("Somebody has refused this account already.")
    if user.pk not in _may_confirm([user])[0]:
        raise NotPossibleError(ONLY_OTHERS)
    return latest_ask(user)
