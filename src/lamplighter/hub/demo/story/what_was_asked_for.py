"""The lines of enquiry of the demonstration's case, some of them done, and what was considered so far.

After the risk: the lines appeared by themselves, from what the reports say was done.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.closing import services as closing
from lamplighter.hub.enquiries import selectors, services
from lamplighter.hub.enquiries.services import Given

# What became of some of them: after how many days of the story, where it stands, and in which words.
SAID = {
    "cctv": (
        26,
        "requested",
        "Both mornings at the tram stop asked for in writing, before they go.",
    ),
    "comms_data": (27, "requested", "Asked of the communications data unit, for the victim’s number."),
    "handset": (28, "done", "The victim showed the phone at the station; messages and calls were copied."),
    "neighbours": (
        27,
        "not_reasonable",
        "Asking at the door would tell her family, which she does not want.",
    ),
    "victim_holds": (26, "done", "Screenshots and a diary are kept at the helpline."),
}


def tell(users: dict[str, User], case: Case) -> None:
    """Record where some lines stand, each as whoever does it, and one check of earlier reports."""
    for who in ("investigator", "advocate"):
        user = users[who]
        with identity.as_person(user):
            standing = [line for line in selectors.lines(case) if services.may_write(user, line.row)]
        for line in standing:
            if line.row.kind in SAID and not line.resolved:
                days, state, words = SAID[line.row.kind]
                at = min(case.opened_at + dt.timedelta(days=days, hours=3), timezone.now())
                due_on = max(line.row.due_on, timezone.localdate(at))
                with identity.as_person(user), moment.at(at):
                    services.record(user, case, [Given(line, state, words, user, due_on, line.seen)])
    with identity.as_person(users["investigator"]):
        closing.consider(
            users["investigator"],
            case,
            "suspect",
            ["allegation", "other_victims"],
            "Two earlier reports by a former partner, neither of them recorded as stalking.",
            at=min(case.opened_at + dt.timedelta(hours=30), timezone.now()),
        )
