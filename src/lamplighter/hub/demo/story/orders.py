"""The orders of the demonstration's case: bail with a zone, a decision, a breach, and an interim order.

``tell`` goes before the story of the risk, in which the breach is; ``follow`` comes after it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.orders import breaches, decisions, selectors, services, zones
from lamplighter.hub.orders.policies import Draft, Said
from lamplighter.hub.victim_side.models import CodeEvent, CodeUpdate
from lamplighter.hub.victim_side.services import updates

Users = dict[str, User]
COURT = "Eastport Magistrates’ Court"
TERMS = (
    Said("prohibition", "Not to contact the protected person, directly or through anybody else."),
    Said("prohibition", "Not to go into Zone A.", "Zone A"),
)


def tell(users: Users, case: Case) -> None:
    """Bail after the arrest, where its zone is, and whether an order is applied for."""
    at = case.opened_at + dt.timedelta(days=5)
    day = timezone.localdate(at)
    with _on(users, "investigator", at) as user:
        services.record(
            user,
            case,
            Draft(
                "bail",
                "imposed",
                court="Custody sergeant, Force B",
                made_on=day,
                begins_on=day,
                open_ended=True,
                terms=TERMS,
            ),
        )
        zones.write(user, case, "Zone A", "The victim’s place of work, Quay Road 12", "200 metres around it")
        decisions.decide(
            user,
            case,
            "named",
            "not",
            "Bail forbids contact and the place of work. To be looked at again if it is broken.",
            ground="other_order",
        )


def breach(user: User, case: Case, on: dt.date, words: str) -> None:
    """Record the breach of the Friday night, of the bail that stands and the term that names the zone."""
    (bail,) = selectors.orders(case)
    of = [term.key for term in bail.terms if term.zone]
    breaches.record(
        user, case, bail.order.kind, on, words, time=dt.time(21, 50), thread=bail.order.thread, terms=of
    )


def follow(users: Users, case: Case, friday: dt.datetime) -> None:
    """Tell the answer to the breach, and the interim order that came of it, served and notified."""
    monday, wednesday = friday + dt.timedelta(days=3), friday + dt.timedelta(days=5)
    with _on(users, "investigator", monday.replace(hour=9, minute=30)) as user:
        (broken,) = selectors.breaches(case)
        breaches.answer(user, case, broken, "arrest", "Arrested at home at 7am on Monday, by Force B.")
        breaches.look(
            user, case, broken, "yes", "Watching and waiting, after earlier acts: recorded as an offence."
        )
        decisions.decide(user, case, "named", "spo", "Bail was broken within weeks. The three limbs are met.")
    _tell_the_victim(users, case, monday.replace(hour=10, minute=30))
    day = timezone.localdate(wednesday)
    with _on(users, "investigator", wednesday.replace(hour=12)) as user:
        services.record(
            user,
            case,
            Draft(
                "spo_interim",
                "application",
                court=COURT,
                applied_on=day - dt.timedelta(days=1),
                made_on=day,
                made_at=dt.time(11),
                begins_on=day,
                open_ended=True,
                terms=(*TERMS, Said("requirement", "To attend an assessment by the health service.")),
            ),
        )
        order = next(o for o in selectors.orders(case) if o.order.kind == "spo_interim")
        services.step(
            user,
            case,
            order,
            "served",
            day,
            time=dt.time(11, 40),
            by_whom="The officer in the case",
            how="Handed over in court",
        )
    with _on(users, "investigator", wednesday.replace(hour=16) + dt.timedelta(days=1)) as user:
        order = next(o for o in selectors.orders(case) if o.order.kind == "spo_interim")
        services.step(user, case, order, "notified", day + dt.timedelta(days=1))
    _tell_the_victim(users, case, wednesday.replace(hour=13))


def _tell_the_victim(users: Users, case: Case, at: dt.datetime) -> None:
    """Tell her, in the hours that she chose, what she has a right to hear of the orders and the arrest."""
    with _on(users, "investigator", at) as user:
        told = CodeUpdate.objects.filter(case=case).values("event")
        waiting = CodeEvent.objects.filter(
            case=case, kind__in=("bail_changed", "arrest", "order"), at__lte=at
        )
        for event in waiting.exclude(pk__in=told).order_by("pk"):
            updates.tell(user, case, event, channel="text", at=min(at, timezone.now()))


@contextmanager
def _on(users: Users, who: str, at: dt.datetime) -> Iterator[User]:
    with identity.as_person(users[who]), moment.at(min(at, timezone.now())):
        yield users[who]
