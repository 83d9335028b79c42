"""Share information in the demonstration's case: one release that stands, one that was withdrawn."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.casework import notes
from lamplighter.hub.sharing import services
from lamplighter.hub.sharing.policies import Draft

AGO = dt.timedelta(days=6)


def tell(users: dict[str, User], case: Case) -> None:
    """The advocate tells the police of an act; the police tell probation a condition, and take one back."""
    advocate, officer = users["advocate"], users["investigator"]
    now = timezone.now()
    today = timezone.localdate(now)
    ends = today + dt.timedelta(days=60)
    with identity.as_person(advocate), moment.at(now - AGO):
        noted = notes.add(
            advocate,
            case,
            "call",
            "advocacy",
            "She saw him at the tram stop by her work on two mornings. She has told nobody at home yet.",
            happened_at=now - AGO,
        )
        told = Entry.objects.get(case=case, of_key=noted.first)
        services.release(
            advocate,
            case,
            Draft(
                from_partition="advocacy",
                to_partition="police",
                kind="act",
                title="Seen at the tram stop by her work, twice",
                text="He stood at the tram stop by her work on two mornings this week, from eight to nine.",
                basis="consent",
                consent_of="victim",
                consent_how="telephone",
                consent_on=timezone.localdate(now - AGO),
                necessity="Two acts that the investigation does not have, with times that can be checked.",
                proportionality="Only where and when. Nothing of how she is, or of who knows.",
                expires_on=ends,
            ),
            source=told,
        )
    with identity.as_person(officer), moment.at(now - AGO / 2):
        services.release(
            officer,
            case,
            _condition("Bail condition: not within 200 metres of her work", ends, ("probation",)),
        )
        early = services.release(officer, case, _condition("Date of the next interview", ends))
        services.withdraw(officer, case, early.disclosure, "The interview is put off; the date is wrong.")


def _condition(title: str, ends: dt.date, to: tuple[str, ...] = ()) -> Draft:
    return Draft(
        from_partition="police",
        to_partition="health",
        to_agencies=to,
        kind="legal",
        title=title,
        text=f"{title}. Tell the officer in the case at once if you learn of a breach.",
        basis="cda_115",
        necessity="Those who see him every week would not know, and could set a meeting against it.",
        proportionality="The condition alone, and not what led to it.",
        expires_on=ends,
    )
