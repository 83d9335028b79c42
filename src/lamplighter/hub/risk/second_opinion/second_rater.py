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
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case, LeadWorker
from lamplighter.hub.cases.participants import selectors as people
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.risk import levels, rules, selectors
from lamplighter.hub.risk.levels import JUDGEMENTS, Level
from lamplighter.hub.risk.models import Assessment, BlindAsk, BlindDecline, SecondRating
from lamplighter.hub.risk.triggers import services as triggers
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

PURPOSE = "run clocks"
LEAVE = BlindDecline.Why.LEAVE


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
        return _ask(case, made)


def _ask(case: Case, made: Assessment) -> BlindAsk | None:
    """As the service: ask somebody at random. Where nobody can be asked, the ask waits for somebody."""
    could = _could(case, made)
    if made.by_id is None:
        return None
    _, due = rules.limit("blind", moment.now())
    return BlindAsk.objects.create(
        case=case,
        owner_id=case.owner_id,
        by=None,
        at=moment.now(),
        assessment=made,
        author_id=made.by_id,
        rater=secrets.choice(could) if could else None,
        due_at=due,
    )


def look_again() -> int:
    """As the service: ask somebody where nobody could be asked before. Returns how often one is found."""
    found = 0
    for row in selectors.nobody_found():
        case = Case.objects.select_for_update(of=("self",)).get(pk=row.case_id)
        if _could(case, row.assessment):
            _ask(case, row.assessment)
            found += 1
    return found


def _could(case: Case, made: Assessment) -> list[User]:
    """People who can open the case and do not work on it: who does has read, or heard, what was judged.

    Nor who was asked already, or declined for a reason that stays.
    """
    working = {
        *Clock.objects.filter(case=case, assigned_to__isnull=False).values_list("assigned_to", flat=True),
        *LeadWorker.objects.filter(case=case, worker__isnull=False).values_list("worker", flat=True),
        *Assessment.objects.filter(case=case).values_list("by", flat=True),
        *BlindAsk.objects.filter(assessment=made, rater__isnull=False).values_list("rater", flat=True),
        *BlindDecline.objects.filter(case=case).exclude(why=LEAVE).values_list("by", flat=True),
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
def decline(user: User, case: Case, ask: BlindAsk, why: str, words: str = "") -> BlindDecline:
    """Decline to judge blind, for a reason that coordinators read. Another is drawn at once, if there is one.

    Raises ``ConflictError`` where it was judged or declined already.
    """
    cases._hold(case)
    if user.pk != ask.rater_id:
        raise NotPossibleError("Only the person who was asked declines.")
    if ask.pk not in {one.pk for one in selectors.asked_to_rate(user, case)}:
        raise ConflictError("You have judged or declined this already. Nothing was changed.")
    if why not in BlindDecline.Why.values:
        raise NotPossibleError("Choose why you decline.", "why")
    if why == BlindDecline.Why.OTHER and not words.strip():
        raise NotPossibleError("Enter why you decline.", "words")
    guarding.check(user, case, "shared", words)
    made = BlindDecline.objects.create(**owned(user, case, ask=ask, why=why, words=words.strip()))
    audit.record(user, "risk.rating_declined", f"blindask {ask.key}", case=case, fields=["why"])
    with as_service(PURPOSE):
        _ask(case, Assessment.objects.get(pk=ask.assessment_id))
    return made


@transaction.atomic
def rate(user: User, case: Case, ask: BlindAsk, judged: Mapping[str, str], words: str) -> SecondRating:
    """Judge the case as the second rater. From now on both read both.

    Raises ``ConflictError`` where it was judged or declined already.
    """
    if user.pk != ask.rater_id:
        raise NotPossibleError("Only the person who was asked judges it.")
    cases._hold(case)
    if ask.pk not in {one.pk for one in selectors.asked_to_rate(user, case)}:
        raise ConflictError("You have judged or declined this already. Nothing was changed.")
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
