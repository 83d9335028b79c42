"""People with a confirmed address, and things on their work lists."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.notices import addresses, sending, services, telling
from lamplighter.hub.notices.models import Mailbox

# A Wednesday, ten in the morning.
NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)
NEVER_QUIET = {"quiet_from": dt.time(0), "quiet_until": dt.time(0), "quiet_days": False}


def address_of(user: User) -> str:
    return f"{user.username}@work.example"


def a_mailbox(user: User, **wishes: Any) -> Mailbox:
    """The user's own address, confirmed through the pages' services; nothing of that is left to be sent."""
    with identity.as_person(user):
        box = services.ask_address(user, address_of(user))
        services.confirm_address(user, addresses.code_of(box))
        chosen: dict[str, Any] = {"at_once": True, "digest": True} | NEVER_QUIET | wishes
        services.choose(user, **chosen)
    with identity.as_service(services.PURPOSE):
        user_letters(user).delete()
        return Mailbox.objects.get(user=user)


def user_letters(user: User) -> Any:
    from lamplighter.hub.notices.models import Letter

    return Letter.objects.filter(user=user)


def a_task(user: User, case: Any, kind: str = "safety.check", **rest: Any) -> Clock:
    with identity.as_person(user):
        return clocks.start(
            user,
            case,
            kind,
            "Make the safety check",
            due_at=NOW + dt.timedelta(days=1),
            why="Asked for.",
            **{"assigned_to": user} | rest,
        )


def a_minute(now: dt.datetime = NOW) -> tuple[int, int]:
    """What the worker does once a minute: letters written, and letters sent."""
    with identity.job(services.PURPOSE):
        return telling.tell(now), sending.send_waiting(now)


def later(**span: int) -> dt.datetime:
    return timezone.localtime(NOW) + dt.timedelta(**span)
