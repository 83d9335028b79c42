"""Hand the calendar file of a meeting to whatever carries it, without this context knowing what that is.

An application names its module in ``AppConfig.carries_invitations``. The module holds
``send_with_calendar(user, people, calendar)``, called within the transaction that plans, changes or cancels.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from django.apps import apps

from lamplighter.hub.accounts.models import User
from lamplighter.hub.meetings import selectors
from lamplighter.hub.meetings.documents.invitations import calendar_file
from lamplighter.hub.meetings.models import Meeting


def invite(user: User, meetings: Sequence[Meeting]) -> None:
    """Send one file with these meetings, all of the same agencies, to whoever is asked to come."""
    people = selectors.asked_to(meetings[0])
    for config in apps.get_app_configs():
        if name := getattr(config, "carries_invitations", ""):
            import_module(name).send_with_calendar(user, people, calendar_file(*meetings))
