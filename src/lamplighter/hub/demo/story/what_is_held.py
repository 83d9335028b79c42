"""The victim asked the police what is held about her; its owners have still time to decide.

After the others: its items are what they have written.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.rights import services
from lamplighter.hub.rights.subject_access import collection

AGO = dt.timedelta(days=9)


def tell(users: dict[str, User], case: Case) -> None:
    """A request of nine days ago, and what it is about, listed for each owner."""
    officer, now = users["investigator"], timezone.now()
    with identity.as_person(officer), moment.at(now - AGO):
        who = Party.objects.filter(case=case, side=Party.Side.VICTIM).order_by("pk").first()
        asked = services.take_in(
            officer,
            name=who.name if who else "Not known",
            received_on=timezone.localdate(now - AGO),
            identity_how="Passport seen at the front desk",
        )
    with identity.as_service(services.ANSWER):
        collection.collect(asked, now - AGO)
