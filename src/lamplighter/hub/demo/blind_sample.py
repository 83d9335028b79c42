"""Thirty more cases of the demonstration, each judged twice and blind, for the page of agreement.

Made by the services that its users have, when somebody asks for it (``--blind-sample``): a start without it
stays quick.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.risk import selectors, services
from lamplighter.hub.risk.levels import JUDGEMENTS
from lamplighter.hub.risk.models import SecondRating
from lamplighter.hub.risk.policies import Action, Draft, Said
from lamplighter.hub.risk.second_opinion import second_rater

PAIRS = 30
LEVELS = ("low", "moderate", "high")
# Of twenty second judgements: the same, a step higher or lower, two steps, and what the rater does not know.
STEPS = (0,) * 12 + (1,) * 3 + (-1,) * 3 + (-2, None)
FORENAMES = ("Ada", "Bram", "Cleo", "Dara", "Ezra", "Fern", "Glyn", "Hope", "Ivor", "Jude")
VICTIMS, SUSPECTS = ("Ashwell", "Brindle", "Coverdale"), ("Dunmore", "Elsworth", "Farrant")
WHY = "Messages, visits and waiting outside, after being told to stop. What is known is in the reports."
SECOND = "Judged by the reports alone."


def tell(users: dict[str, User], done: Callable[[str, float], None]) -> int:
    """Make the sample, once. Returns how many pairs there are."""
    with identity.as_person(users["coordinator"]):
        there = SecondRating.objects.count()
    if there >= PAIRS:
        return there
    draw = random.Random(PAIRS)  # noqa: S311  made-up people, the same each time
    # All of it or nothing, as the story's cases.
    with transaction.atomic():
        for number in range(PAIRS):
            _judged_twice(users, number, draw)
            done(f"{number + 1} of {PAIRS}", (number + 1) / PAIRS)
    return PAIRS


def _judged_twice(users: dict[str, User], number: int, draw: random.Random) -> None:
    opened = timezone.now() - dt.timedelta(days=PAIRS + 10 - number)
    author = users["investigator" if number % 2 else "lead"]
    with identity.as_person(author):
        case = _referred(author, number, opened)
        first = {name: draw.choices(LEVELS, (3, 4, 3))[0] for name in JUDGEMENTS}
        with moment.at(opened + dt.timedelta(hours=20)):
            services.assess(author, case, _draft(first, author), drawn=True)
    second = {name: _near(level, draw) for name, level in first.items()}
    # Also whoever was added to the demonstration since: the lot falls on anybody who can open the case.
    for rater in User.objects.filter(is_active=True, agency__isnull=False):
        with identity.as_person(rater), moment.at(opened + dt.timedelta(days=2)):
            for ask in selectors.asked_to_rate(rater, case):
                second_rater.rate(rater, case, ask, second, SECOND)


def _referred(author: User, number: int, at: dt.datetime) -> Case:
    forename, other = FORENAMES[number % 10], FORENAMES[(number + 5) % 10]
    return cases.refer(
        author,
        victim={"name": f"{forename} {VICTIMS[number // 10]}"},
        suspect={"name": f"{other} {SUSPECTS[number // 10]}"},
        why=WHY,
        agencies=list(Agency.objects.filter(code__in=("helpline", "health", "probation"))),
        at=at,
    )


def _near(level: str, draw: random.Random) -> str:
    step = draw.choice(STEPS)
    if step is None:
        return "not_known"
    return LEVELS[min(max(LEVELS.index(level) + step, 0), len(LEVELS) - 1)]


def _draft(levels: dict[str, str], author: User) -> Draft:
    judged = {name: Said(level, WHY) for name, level in levels.items()}
    high = "high" in levels.values()
    action = Action(
        "Ask for conditions that keep them apart", author, timezone.localdate() + dt.timedelta(days=7)
    )
    return Draft(
        "yes",
        "The last act was in the week of the referral.",
        judged,
        answers_for=author if high else None,
        actions=(action,) if high else (),
    )
