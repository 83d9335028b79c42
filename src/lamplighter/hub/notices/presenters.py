"""Mailboxes and how the sending stands, as the pages show them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from lamplighter.hub.design.environment import long_time
from lamplighter.hub.design.fields import clock
from lamplighter.hub.notices import addresses, rules
from lamplighter.hub.notices.carriers import protocol
from lamplighter.hub.notices.configuration import HOW
from lamplighter.hub.notices.models import Letter, Mailbox
from lamplighter.hub.notices.selectors import Standing


def own(box: Mailbox | None, code: Letter | None, now: dt.datetime) -> dict[str, Any]:
    """Return what somebody reads of their own email."""
    day = timezone.localdate(now)
    urgent = rules.urgent(day)
    shown: dict[str, Any] = {
        "sent": rules.is_sent(day),
        "always": [u.title for u in urgent if not u.may_be_off],
        "may_be_off": [u.title for u in urgent if u.may_be_off],
        "address": "",
    }
    if box is None:
        return shown
    return shown | {
        "address": addresses.opened(box),
        "confirmed": box.confirmed_at,
        "waits_for_code": bool(box.code),
        "code": told(code),
        "unknown_domain": bool(box.confirmed_at) and not addresses.to_write_to(box, day),
        "at_once": box.at_once,
        "digest": box.digest,
        "digest_at": clock(rules.digest_at(day)),
        "quiet": quiet(box),
        "fault": protocol.told(box.fault)[0] if box.fault else "",
        "paused_until": box.paused_until,
    }


def quiet(box: Mailbox) -> str:
    """Say in a line when it is quiet."""
    days = "at weekends and on bank holidays" if box.quiet_days else ""
    if box.quiet_from == box.quiet_until:
        return days.capitalize() or "None"
    hours = f"{clock(box.quiet_from)} to {clock(box.quiet_until)}"
    return f"{hours}, and {days}" if days else hours


def told(letter: Letter | None) -> str:
    """Say how one letter stands."""
    if letter is None:
        return ""
    if letter.state == Letter.State.SENT and letter.ended_at:
        return f"Sent on {long_time(letter.ended_at)}."
    if letter.state == Letter.State.WAITING and not letter.fault:
        return "It is sent within a minute."
    if letter.state == Letter.State.DROPPED:
        return "It was not sent: the address is not one that the hub writes to."
    again = f" It is tried again on {long_time(letter.due_at)}." if letter.state == "waiting" else ""
    return f"It has not arrived. {protocol.told(letter.fault)[0]}{again}"


def service(found: Standing, test: Letter | None) -> dict[str, Any]:
    """Return what whoever looks after the hub reads of the sending."""
    return {
        "how": HOW.get(found.how, found.how),
        "sends": found.how != "none",
        "waiting": found.waiting,
        "sent": found.sent,
        "faults": [
            {"what": protocol.told(fault)[0], "remedy": protocol.told(fault)[1], "number": number}
            for fault, number in sorted(found.tried.items())
        ],
        "unreached": [
            f"{user.display_name}, {user.agency.name if user.agency else user.get_role_display()}"
            for user in found.unreached
        ],
        "test": told(test),
    }
