"""A sample of the assessments is judged by a second person who has not read the first.

Until they have, the database shows them neither that assessment nor shows its author that there is a second.
It measures how far people agree; it changes no level. Where the second judges one to be higher, everybody on
the case is told that the risk is to be assessed again.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases.models import Case, LeadWorker
from lamplighter.hub.cases.participants import selectors as people
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.risk import levels, rules, selectors, triggers
from lamplighter.hub.risk.levels import JUDGEMENTS, Level
from lamplighter.hub.risk.models import Assessment, BlindAsk, SecondRating
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

PURPOSE = "run clocks"


def is_drawn(percent: int) -> bool:
    """Draw at random, that nobody can foresee: so many of a hundred."""
    return secrets.randbelow(100) < percent


def draw(case: Case, made: Assessment, drawn: bool | None = None) -> BlindAsk | None:
    """Ask somebody to judge the same case blind, where the lot says so and somebody can be asked.

    ``drawn``: what the lot said, where it was asked already.
    """
    rule = rules.one("sample", rules.day_of(moment.now()))
    lot = is_drawn(int(rule.extra["percent"])) if drawn is None else drawn
    if made.by is None or not lot:
        return None
    with as_service(PURPOSE):
        could = _could(case, made)
        if not could:
            return None
        _, due = rules.limit("blind", moment.now())
        return BlindAsk.objects.create(
            case=case,
            owner_id=case.owner_id,
            by=None,
            at=moment.now(),
            assessment=made,
            author=made.by,
            rater=secrets.choice(could),
            due_at=due,
        )


def _could(case: Case, made: Assessment) -> list[User]:
    """People who can open the case and do not work on it: who does has read, or heard, what was judged."""
    working = {
        *Clock.objects.filter(case=case, assigned_to__isnull=False).values_list("assigned_to", flat=True),
        *LeadWorker.objects.filter(case=case, worker__isnull=False).values_list("worker", flat=True),
        *Assessment.objects.filter(case=case).values_list("by", flat=True),
        *(person for person in (made.answers_for_id, made.asked_id) if person),
    }
    found = people.on_the_case(case, "shared", made.owner_id).exclude(pk__in=working)
    return list(found.select_related("agency"))


def check_not_asked(user: User, case: Case) -> None:
    """Refuse an assessment of whoever is asked to judge blind: they do not see all that stands."""
    if selectors.asked_to_rate(user, case):
        raise NotPossibleError(
            "You are asked to judge this case as a second rater. Do that first: until then one assessment is "
            "not shown to you."
        )


@transaction.atomic
def rate(user: User, case: Case, ask: BlindAsk, judged: Mapping[str, str], words: str) -> SecondRating:
    """Judge the case as the second rater. From now on both read both.

    Raises ``ConflictError`` where it was judged already.
    """
    if SecondRating.objects.filter(ask=ask).exists():
        raise ConflictError("You have judged this already. Nothing was changed.")
    if user.pk != ask.rater_id:
        raise NotPossibleError("Only the person who was asked judges it.")
    if {*judged} != {*JUDGEMENTS} or not {*judged.values()} <= {*Level.values}:
        raise NotPossibleError("Choose a level for each of the four.")
    if not words.strip():
        raise NotPossibleError("Enter your reasons.", "words")
    guarding.check(user, case, "shared", words)
    made = SecondRating.objects.create(**owned(user, case, ask=ask, words=words.strip(), **judged))
    with as_service(PURPOSE):
        first = Assessment.objects.get(pk=ask.assessment_id)
    audit.record(user, "risk.rated", f"assessment {first.key}", case=case, fields=[*JUDGEMENTS])
    if any(levels.is_lower(getattr(first, name), judged[name]) for name in JUDGEMENTS):
        triggers.raise_(user, case, "second_rater", happened_on=rules.day_of(moment.now()), of_key=made.key)
    return made
