"""Decide, once a minute, who is told of something new, and write the letter: the job of a context."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from lamplighter.hub.notices import looking, rules
from lamplighter.hub.notices.looking import Thing
from lamplighter.hub.notices.models import Letter, Mailbox, Notice


def tell(now: dt.datetime | None = None) -> int:
    """Write a letter to everybody who has something new to be told of now. Returns how many."""
    now = now or timezone.now()
    if not rules.is_sent(timezone.localdate(now)):
        return 0
    ready = Q(paused_until=None) | Q(paused_until__lte=now)
    boxes = Mailbox.objects.exclude(confirmed_at=None).filter(ready, user__is_active=True)
    found = boxes.filter(user__waits_since=None).select_related("user__agency").order_by("pk")
    return sum(_tell(box, now) for box in list(found))


@transaction.atomic
def _tell(box: Mailbox, now: dt.datetime) -> int:
    # Two workers do not tell the same person twice.
    Mailbox.objects.select_for_update(of=("self",)).get(pk=box.pk)
    if rules.digest_is_due(box, now):
        found, what = looking.everything(box.user, now), Letter.What.DIGEST
        _forget_what_is_gone(box, found)
        Mailbox.objects.filter(pk=box.pk).update(digest_on=timezone.localdate(now))
    else:
        found = looking.urgent(box.user, rules.kinds_at_once(box, now), now)
        what = Letter.What.AT_ONCE
    told = set(Notice.objects.filter(user=box.user).values_list("subject", flat=True))
    new = {thing.subject: thing for thing in found if thing.subject not in told}
    if not new:
        return 0
    letter = Letter.objects.create(user=box.user, what=what, at=now, due_at=now)
    urgent = what == Letter.What.AT_ONCE
    Notice.objects.bulk_create(
        Notice(user=box.user, kind=t.kind, subject=t.subject, urgent=urgent, letter=letter, at=now)
        for t in new.values()
    )
    return 1


def _forget_what_is_gone(box: Mailbox, found: list[Thing]) -> None:
    """What is on the list no more is told of again, should it come back."""
    there = [thing.subject for thing in found]
    Notice.objects.filter(user=box.user).exclude(subject__in=there).delete()
