"""Permissions to correct, withdraw or put back a report that is held.

Rule: whoever may type a report may amend those that were typed for their own agency, and nobody of another
agency may. Who may not read reports as received (``access.wall.partitions.RECORDS``) can open only what they
typed themselves (``versions.find``), and so amends nothing else.
"""

from __future__ import annotations

from lamplighter.hub.accounts import permissions
from lamplighter.hub.accounts.models import User
from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.intake.reports.selectors import HeldReport


def may_amend(user: User, report: HeldReport) -> bool:
    """Allow those who may type a report, where it was typed for their own agency."""
    typed = report.door == Delivery.Door.FORM
    return permissions.may_report(user) and typed and report.agency == user.agency_id
