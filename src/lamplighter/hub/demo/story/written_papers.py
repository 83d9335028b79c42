"""The papers of the demonstration's case: a schedule for the prosecutor, a pack still in draft, a summary.

Last of the stories: papers are made of what the others tell.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.papers import services

Users = dict[str, User]


def tell(users: Users, case: Case) -> None:
    """Make what a police force of the case makes, and issue the schedule; sum the case up for everybody."""
    officer, coordinator = users["investigator"], users["coordinator"]
    # After everything that they are made of.
    at = timezone.now() - dt.timedelta(hours=3)
    with moment.at(at), identity.as_person(officer):
        (schedule,) = services.make(officer, case, "schedule", {"remarks": "For the charging decision."})
        services.issue(
            officer,
            case,
            schedule,
            recipient="Crown Prosecution Service, charging lawyer",
            basis="public_task",
            why="The pattern is part of the file for a charging decision.",
        )
    with moment.at(at + dt.timedelta(hours=1)), identity.as_person(officer):
        pack = {
            "prohibitions": ["contact", "others", "surveillance"],
            "requirements": ["assessment"],
            "necessity": "Bail was broken, and nothing that was said or ordered stopped it for a week.",
        }
        services.make(officer, case, "spo", pack)
    with moment.at(at + dt.timedelta(hours=2)), identity.as_person(coordinator):
        services.make(coordinator, case, "summary", {"remarks": "For whoever joins the case."})
