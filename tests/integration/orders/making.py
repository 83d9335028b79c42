"""Orders, breaches and people for the tests of orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.orders import breaches, selectors, services
from lamplighter.hub.orders.models import Breach, Order
from lamplighter.hub.orders.policies import Draft, Said
from lamplighter.hub.orders.selectors import Standing
from lamplighter.vocabulary.working_days import LONDON
from tests.integration.access import making

TODAY = dt.date.today
STAY_AWAY = Said("prohibition", "Not to go into Zone A.", "Zone A")
NO_CONTACT = Said("prohibition", "Not to contact the protected person by any means.")
ASSESSED = Said("requirement", "To attend an assessment.")


def at(year: int, month: int, day: int, hour: int = 10, minute: int = 0) -> dt.datetime:
    """A moment on the clock of London."""
    return dt.datetime(year, month, day, hour, minute, tzinfo=LONDON)


def draft(kind: str = "spo", **said: Any) -> Draft:
    """An order that was made yesterday for three years, with two terms, unless ``said`` says otherwise."""
    made = said.pop("made_on", TODAY() - dt.timedelta(days=1))
    values: dict[str, Any] = {
        "route": "application",
        "court": "Northtown Magistrates’ Court",
        "applied_on": made - dt.timedelta(days=14) if made else None,
        "made_on": made,
        "begins_on": made,
        "last_day": made + dt.timedelta(days=3 * 365) if made else None,
        "terms": (NO_CONTACT, STAY_AWAY),
    }
    return Draft(kind, **(values | said))


def record(user: User, case: Case, given: Draft | None = None, **rest: Any) -> Order:
    with identity.as_person(user):
        return services.record(user, case, given or draft(), **rest)


def step(user: User, case: Case, order: Order, what: str, on: dt.date, **rest: Any) -> Any:
    with identity.as_person(user):
        return services.step(user, case, selectors.order(case, order.thread), what, on, **rest)


def served(user: User, case: Case, order: Order, on: dt.date, **rest: Any) -> Any:
    return step(user, case, order, "served", on, by_whom="PC Reed", how="In person", **rest)


def breach(user: User, case: Case, **rest: Any) -> Breach:
    values: dict[str, Any] = {
        "kind": "bail",
        "happened_on": TODAY() - dt.timedelta(days=1),
        "words": "Waited at the victim’s work.",
    }
    with identity.as_person(user):
        return breaches.record(user, case, **(values | rest))


def one(user: User, case: Case) -> Standing:
    with identity.as_person(user):
        return selectors.orders(case)[0]


def running(case: Case, kind: str = "orders.") -> list[Clock]:
    return making.running(case, kind)


@contextmanager
def told(who: User, when: dt.datetime) -> Iterator[None]:
    with identity.as_person(who), moment.at(when):
        yield
