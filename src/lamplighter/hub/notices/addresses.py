"""An account's email address: held encrypted, confirmed by a code, of a domain that the hub writes to."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets

from django.utils import timezone

from lamplighter.hub.accounts import encryption
from lamplighter.hub.accounts.models import User
from lamplighter.hub.notices import configuration, rules
from lamplighter.hub.notices.models import Letter, Mailbox
from lamplighter.hub.site.refusals import NotPossibleError

USE, CODE_USE = "email address", "email code"
CODE_FOR = dt.timedelta(hours=1)
TRIES, CODES_A_DAY = 5, 5


def check(address: str, day: dt.date) -> str:
    """Return an address as it is kept. Raises ``NotPossibleError`` for one that the hub does not write to."""
    local, _, domain = address.strip().rpartition("@")
    found = f"{local}@{domain.lower()}"
    if configuration.is_address(found):
        raise NotPossibleError("Enter one email address, such as name@force-a.example.", "address")
    if domain.lower() not in (known := rules.domains(day)):
        raise NotPossibleError(
            f"The hub writes to work addresses only: {', '.join(f'@{each}' for each in known)}. "
            "Ask your administrator to add another domain.",
            "address",
        )
    return found


def seal(user: User, address: str) -> str:
    return encryption.seal(address.encode(), use=USE, of=user.pk)


def opened(box: Mailbox) -> str:
    """Return the address of a mailbox; "" where another key sealed it."""
    return _opened(box.sealed, USE, box)


def to_write_to(box: Mailbox, day: dt.date, *, unconfirmed: bool = False) -> str:
    """Return the address that may be written to today, or ""."""
    if box.confirmed_at is None and not unconfirmed:
        return ""
    address = opened(box)
    return address if address.rpartition("@")[2] in rules.domains(day) else ""


def new_code(user: User) -> str:
    return encryption.seal(f"{secrets.randbelow(10**6):06d}".encode(), use=CODE_USE, of=user.pk)


def code_of(box: Mailbox) -> str:
    return _opened(box.code, CODE_USE, box)


def is_code(box: Mailbox, typed: str, now: dt.datetime) -> bool:
    """Tell whether this is the code that was sent, within its time."""
    code = code_of(box)
    fresh = box.code_at is not None and now - box.code_at < CODE_FOR
    return bool(code) and fresh and hmac.compare_digest(code, "".join(typed.split()))


def check_codes(user: User) -> None:
    """Refuse one more code on the same day: nobody fills a letter box."""
    since = timezone.now() - dt.timedelta(days=1)
    if Letter.objects.filter(user=user, what=Letter.What.CODE, at__gt=since).count() >= CODES_A_DAY:
        raise NotPossibleError(f"{CODES_A_DAY} codes were sent within a day. Try again tomorrow.", "address")


def _opened(sealed: str, use: str, box: Mailbox) -> str:
    try:
        return encryption.unseal(sealed, use=use, of=box.user_id).decode() if sealed else ""
    except encryption.NotOpenedError:
        return ""
