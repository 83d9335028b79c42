"""Check what may be signed, checked and switched off now."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.design.environment import long_date
from lamplighter.hub.law import permissions, rules
from lamplighter.hub.law.models import Reading
from lamplighter.hub.site.refusals import NotPossibleError

EARLIEST = dt.date(1900, 1, 1)


def check_sign(user: User, switch: rules.Switch, row: Reading) -> None:
    """Refuse what somebody may not sign, a date that cannot be, and a review that is too far off."""
    if not permissions.may_sign(user):
        raise NotPossibleError("You cannot sign for the hub. The page says who can.")
    if switch.per and not row.per.strip():
        raise NotPossibleError(f"Enter the {switch.per.lower()} that you sign for", "per")
    today = timezone.localdate()
    if row.read_on > today:
        raise NotPossibleError("The day on which you read it must not be in the future", "read_on")
    if row.valid_from is not None and row.valid_from < EARLIEST:
        raise NotPossibleError("Enter the day on which it came into force", "valid_from")
    if row.valid_until is not None and (row.valid_from is None or row.valid_until <= row.valid_from):
        raise NotPossibleError(
            "The end must be later than the day on which it came into force", "valid_until"
        )
    longest = today + dt.timedelta(days=rules.signing(today).extra["longest_days"])
    if not today < row.next_review <= longest:
        raise NotPossibleError(
            f"The next review must be after today and not later than {long_date(longest)}", "next_review"
        )


def check_check(user: User, row: Reading) -> None:
    """Refuse whoever signed it, whoever may not, and what has been checked."""
    if row.by_id == user.pk:
        raise NotPossibleError("You signed this. A second person must check it.")
    if not permissions.may_check(user):
        raise NotPossibleError("You cannot check what is signed for the hub. The page says who can.")
    if row.valid_from is None:
        raise NotPossibleError("This says that it is not in force. It needs no check.")


def check_off(user: User, day: dt.date) -> None:
    if not permissions.may_sign(user):
        raise NotPossibleError("You cannot switch this off. The page says who can.")
    if day < EARLIEST:
        raise NotPossibleError("Enter the first day on which it does not hold", "day")
