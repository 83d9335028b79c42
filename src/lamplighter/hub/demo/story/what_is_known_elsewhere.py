"""Answers of a made-up national index: other forces know the suspect of the demonstration's case.

Two made-up forces that are not in the hub. One was asked and answered; the newer release names the second,
and waits to be read.
"""

from __future__ import annotations

import csv
import datetime as dt
import io

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.elsewhere import rules, services, tokens
from lamplighter.hub.people import selectors as people

_FORCES = (
    {
        "force": "force-07",
        "force_name": "Thorleshire Police",
        "kind": "other_victim",
        "belief": "0.97",
        "belief_words": "very_likely",
        "doubts": "address_differs;name_spelt_differently",
        "contact_name": "Stalking desk",
        "contact_email": "stalking.desk@thorleshire.example",
        "contact_phone": "01632 960107",
    },
    {
        "force": "force-31",
        "force_name": "Ravenmoor Police",
        "kind": "not_known",
        "belief": "0.71",
        "belief_words": "possible",
        "doubts": "few_details;birth_date_missing",
        "contact_name": "Crime information unit",
        "contact_email": "",
        "contact_phone": "01632 960131",
    },
)
WHY = "To find out whether he has done this before"


def tell(users: dict[str, User], case: Case) -> None:
    """Take in two releases; between them the investigator reads the first, asks and records the answer."""
    coordinator, investigator = users["coordinator"], users["investigator"]
    record = _record(coordinator, case)
    if not record:
        return
    _receive(coordinator, _day(case, 14), "first", record, _FORCES[:1])
    with identity.as_person(investigator):
        with moment.at(_day(case, 16)):
            (known, *_) = services.look(investigator, case, WHY)
            asked = services.ask(
                investigator,
                case,
                known,
                "Is there a stalking protection order against him, and is anybody at risk now?",
                timezone.localdate(_day(case, 16)),
            )
        with moment.at(_day(case, 19)):
            services.answered(
                investigator,
                case,
                asked,
                "told",
                "An order was applied for in 2024 and refused. Their officer will ring on any arrest.",
                timezone.localdate(_day(case, 19)),
            )
    _receive(coordinator, _day(case, 41), "second", record, _FORCES)


def _day(case: Case, days: int) -> dt.datetime:
    return min(case.opened_at + dt.timedelta(days=days, hours=2), timezone.now())


def _record(user: User, case: Case) -> str:
    """Return a record of the suspect by which the index knows him, "" where linkage knows nobody."""
    with identity.as_person(user):
        suspect = Party.objects.filter(case=case, side=Party.Side.SUSPECT, replaced_at=None).first()
        held = people.records_of([suspect.person_id]).get(suspect.person_id, []) if suspect else []
    return next((m.record_id for m in held if m.role == "suspect"), "")


def _receive(
    user: User, at: dt.datetime, release: str, record: str, forces: tuple[dict[str, str], ...]
) -> None:
    as_at = timezone.localdate(at)
    same = {
        "release": f"{as_at:%Y-%m}-{release}",
        "as_at": (as_at - dt.timedelta(days=3)).isoformat(),
        "hub": rules.hub_name(as_at),
        "suspect": tokens.token_of(record),
        "forces_known": str(len(forces)),
        "forces_read": "42",
        "forces_missing": "force-19",
    }
    made = io.StringIO()
    writer = csv.DictWriter(made, [*same, *forces[0]])
    writer.writeheader()
    writer.writerows(same | force for force in forces)
    with identity.as_person(user), moment.at(at):
        services.receive(user, "known_elsewhere.csv", made.getvalue().encode())
