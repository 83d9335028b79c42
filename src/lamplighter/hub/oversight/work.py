"""Accounts to confirm, on the work list of whoever may confirm them."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts import permissions
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.staff import confirmations
from lamplighter.hub.clocks.notices import Notice, end_of
from lamplighter.reporting.words import day

ANSWER_WITHIN = dt.timedelta(days=1)


def notices(user: User, team: bool) -> list[Notice]:
    """Return a line for each account that this person may confirm or refuse."""
    if not permissions.may_confirm_accounts(user):
        return []
    return [_notice(waiting) for waiting in confirmations.waiting_for(user) if waiting.mine]


def _notice(waiting: confirmations.Waiting) -> Notice:
    person, asked = waiting.user, waiting.asked
    begun = timezone.localdate(person.waits_since)
    by = f" by {asked.by.display_name}" if asked and asked.by else ""
    done = asked.get_what_display().lower() if asked else "made"
    then = (
        "Until you answer, the account opens nothing."
        if waiting.came_in
        else "They have not used their sign-in link yet. If nobody like that works with you, refuse now."
    )
    return Notice(
        text=f"Confirm an account: {person.display_name}, {person.get_role_display().lower()}",
        why=f"{done.capitalize()}{by} on {day(begun)}. {then}",
        due_at=end_of(begun + ANSWER_WITHIN),
        href=reverse("accounts:answer", args=[person.key]),
        whose="Anyone who may confirm accounts of your agency",
    )
