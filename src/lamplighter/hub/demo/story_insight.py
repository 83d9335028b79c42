"""Two reviews that the analyst asked for: the worker makes them when the site has started."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.access import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.insight import services
from lamplighter.hub.insight.models import Review
from lamplighter.synthetic.config import Config
from lamplighter.synthetic.demo import SEED


def tell(users: dict[str, User], case: Case) -> None:
    """The last year of the made-up world: the hub's own cases, and every report about stalking."""
    analyst = users["analyst"]
    last = Config(SEED).as_at
    first = last.replace(year=last.year - 1) + dt.timedelta(days=1)
    with identity.as_person(analyst):
        for scope in (Review.Scope.CASES, Review.Scope.REPORTS):
            services.ask_for_review(analyst, scope, first, last)
