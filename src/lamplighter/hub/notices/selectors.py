"""Reading mailboxes and letters: one's own; and, for whoever looks after the hub, how the sending stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.notices import rules
from lamplighter.hub.notices.carriers import chosen
from lamplighter.hub.notices.carriers.protocol import REFUSED, NotSentError
from lamplighter.hub.notices.models import Letter, Mailbox
from lamplighter.hub.notices.services import PURPOSE

LATELY = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Standing:
    """State of the sending: ``how`` of the configuration, what waits and why, and what was done lately."""

    how: str
    waiting: int
    tried: dict[str, int]
    sent: int
    unreached: list[User]


def standing(now: dt.datetime) -> Standing:
    """Return how the sending stands. It names accounts whose address was refused, and no address."""
    how = str(rules.sending(timezone.localdate(now)).extra["how"])
    with as_service(PURPOSE):
        waiting = Letter.objects.filter(state=Letter.State.WAITING)
        tried = waiting.exclude(fault="").values_list("fault").annotate(number=Count("pk"))
        sent = Letter.objects.filter(state=Letter.State.SENT, ended_at__gt=now - LATELY)
        boxes = Mailbox.objects.filter(fault=REFUSED, user__is_active=True).select_related("user__agency")
        users = [box.user for box in boxes.order_by("user__display_name", "user_id")]
        found = Standing(how, waiting.count(), dict(tried.order_by("fault")), sent.count(), users)
    if how != "none":
        try:
            chosen.carrier(timezone.localdate(now))
        except NotSentError as problem:
            found.tried.setdefault(problem.fault, 0)
    return found


def mailbox(user: User) -> Mailbox | None:
    """Return one's own mailbox."""
    return Mailbox.objects.filter(user=user).first()


def last_test(user: User) -> Letter | None:
    """Return the last test that somebody sent themselves."""
    return Letter.objects.filter(user=user, what=Letter.What.TEST).order_by("-at", "-pk").first()


def last_code(user: User) -> Letter | None:
    """Return the letter with the last code that somebody asked for."""
    return Letter.objects.filter(user=user, what=Letter.What.CODE).order_by("-at", "-pk").first()
