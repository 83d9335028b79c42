"""The only writers of releases: letting something across the wall, and taking it back."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import for_reason
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases import services as history
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.sharing import guarding, hooks, permissions, policies, presenters
from lamplighter.hub.sharing.hooks import Offered
from lamplighter.hub.sharing.models import Disclosure, Grounds, Release, Withdrawal
from lamplighter.hub.sharing.policies import Draft
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

PAGE = "sharing:released"


def check(user: User, case: Case, draft: Draft, *, whole: bool = True) -> None:
    """Refuse, with ``NotPossibleError``, what :func:`release` would refuse. Nothing is written.

    ``whole``: everything has been asked; without it, who reads the words is known, and not yet why.
    """
    on_case = [p.agency for p in cases.participations(case)]
    asked = policies.check if whole else policies.check_readers
    asked(draft, timezone.localdate(moment.now()), on_case, permissions.origins(user))
    guarding.check(user, case, draft.to_partition, draft.title, draft.text)


@transaction.atomic
def release(
    user: User, case: Case, draft: Draft, *, source: Entry | None = None, offered: Offered | None = None
) -> Release:
    """Let the words of ``draft`` across the wall. The recipient gets these words, and ``offered`` with them.

    ``source`` is the entry that they were taken from; it stays where it is.
    """
    check(user, case, draft)
    taken_from = source or offered
    policies.check_source(draft, taken_from.partition if taken_from else "")
    crossing = {
        "from_partition": draft.from_partition,
        "to_partition": draft.to_partition,
        "to_agencies": list(draft.to_agencies),
        "expires_at": _end_of(draft.expires_on),
    }
    needed = policies.needs_threshold(draft.from_partition, draft.to_partition, draft.basis)
    with _reason_if_needed(draft.from_partition, draft.necessity):
        register = Disclosure.objects.create(
            **owned(user, case, kind=draft.kind, basis=draft.basis, **crossing),
            threshold=draft.threshold if needed else "",
        )
        made = Release.objects.create(
            **owned(user, case, disclosure=register, title=draft.title, text=draft.text, **crossing)
        )
        Grounds.objects.create(
            **owned(
                user,
                case,
                partition=draft.from_partition,
                disclosure=register,
                source_key=taken_from.key if taken_from else None,
                necessity=draft.necessity,
                proportionality=draft.proportionality,
                consent_of=draft.consent_of,
                consent_how=draft.consent_how,
                consent_on=draft.consent_on,
                threshold_words=draft.threshold_words,
            )
        )
        if offered:
            hooks.released(user, made, offered)
        _tell(user, case, register, f"Released to {presenters.to_whom(register)}: {draft.title}"[:200])
    audit.record(
        user,
        "sharing.released",
        f"release {register.key}",
        operation=Operation.DISCLOSURE,
        case=case,
        fields=["title", "text"],
        from_partition=draft.from_partition,
        to=draft.to_partition,
        agencies=list(draft.to_agencies),
        basis=draft.basis,
        threshold=register.threshold,
    )
    return made


@transaction.atomic
def withdraw(
    user: User, case: Case, register: Disclosure, reason: str, *, seen: str | None = None
) -> Disclosure:
    """Take a release back: from now on nobody on the other side reads it. That it was made stays known.

    Where somebody took it back first, ``ConflictError`` carries
    their row. ``seen`` is that row's key once it has been read: the reason is
    then kept beside theirs.
    """
    with _reason_if_needed(register.from_partition, reason):
        # Whose it is not cannot even hold it for a change: the wall shows them no row to lock.
        standing = Disclosure.objects.select_for_update(of=("self",)).filter(pk=register.pk).first()
        if standing is None:
            raise NotPossibleError("Only the agency that released it withdraws it.")
        earlier = Withdrawal.objects.filter(disclosure=register).select_related("by", "owner").last()
        if earlier is not None and seen is not None and str(earlier.key) != seen:
            raise ConflictError(newest=earlier)
        if earlier is None or not seen:
            over = standing.expires_at <= timezone.now()
            policies.check_withdrawal(standing.withdrawn_at is not None, over, reason)
            ended: dict[str, Any] = {"withdrawn_at": moment.now(), "withdrawn_by": user}
            Disclosure.objects.filter(pk=register.pk).update(**ended)
            Release.objects.filter(disclosure=register).update(**ended)
        Withdrawal.objects.create(
            **owned(user, case, partition=register.from_partition, disclosure=register, reason=reason)
        )
        told = "Another reason for withdrawing from" if earlier and seen else "Withdrawn from"
        _tell(user, case, register, f"{told} {presenters.to_whom(register)}"[:200], body=reason)
    audit.record(
        user,
        "sharing.withdrawn",
        f"release {register.key}",
        operation=Operation.ALTERATION,
        case=case,
        fields=["withdrawn_at"],
    )
    register.refresh_from_db()
    return register


def _tell(user: User, case: Case, register: Disclosure, title: str, body: str = "") -> None:
    """A line in the history of those who released it; the others find it under "Released to you"."""
    history.enter(
        user,
        case,
        "release",
        title,
        partition=register.from_partition,
        body=body,
        page=PAGE,
        of_key=register.key,
    )


def _reason_if_needed(partition: str, reason: str) -> AbstractContextManager[None]:
    return for_reason(reason) if partition == "vault" else nullcontext()


def _end_of(day: dt.date) -> dt.datetime:
    midnight = dt.datetime.combine(day, dt.time(), timezone.get_current_timezone())
    return midnight + dt.timedelta(days=1)
