"""The only writer of health flags: what a named source said, on a day, and what was decided on a referral.

A flag is never inferred: nothing that is scored, judged or written elsewhere makes one.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.cases.models import Case, Participation
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.clocks.notices import end_of
from lamplighter.hub.perpetrator_side import configuration, policies
from lamplighter.hub.perpetrator_side.models import HealthDecision, HealthFlag
from lamplighter.hub.perpetrator_side.services import PARTITION, note
from lamplighter.hub.site.config_files.dated import DatedRules
from lamplighter.hub.site.refusals import NotPossibleError

DECIDE = "intervention.health_decision"
PURPOSE = "run clocks"
RULES = DatedRules(configuration.HEALTH)


def days(on: dt.date) -> int:
    """Return within how many days of a flag a referral is decided."""
    rule = RULES.on("limit", on).get("decision") or RULES.newest("limit", "decision")
    if rule is None:
        raise LookupError("health.toml has no limit decision.")
    return int(rule.extra["days"])


@transaction.atomic
def flag(user: User, case: Case, *, source: str, noted_on: dt.date, words: str) -> HealthFlag:
    """Record what a source said of the suspect's mental health; somebody then decides on a referral.

    The task is of the health service on the case, which reads what probation wrote here; without one, of
    one's own service.
    """
    if source not in HealthFlag.Source.values:
        raise NotPossibleError("Choose who said so.", "source")
    _check_day(noted_on)
    policies.check_words(words, "Enter what the source said.")
    made = HealthFlag.objects.create(
        **owned(user, case, source=source, noted_on=noted_on, words=words.strip())
    )
    note(user, case, "health_flag", "Health flag recorded", made, "health", ["source", "noted_on", "words"])
    working = Participation.objects.filter(case=case, ended_at=None, agency__kind=Agency.Kind.HEALTH)
    first = working.select_related("agency").order_by("at", "pk").first()
    agency = first.agency if first else user.agency
    if agency is None:
        raise NotPossibleError("Only somebody of a service on the case records a flag.")
    within = days(noted_on)
    with as_service(PURPOSE):
        clocks.start_for(
            agency,
            case,
            DECIDE,
            "Decide on a referral to a health service",
            due_at=end_of(noted_on + dt.timedelta(days=within)),
            why=f"A source said something of the suspect’s health. The decision is due within {within} days.",
            partition=PARTITION,
            page="perpetrator_side:decide_health",
            of_key=made.key,
            assigned_to=user if agency.pk == user.agency_id else None,
        )
    return made


@transaction.atomic
def decide(
    user: User, case: Case, row: HealthFlag, *, decision: str, on: dt.date, words: str
) -> HealthDecision:
    """Record whether to refer, and why; the newest decision on a flag stands. Its task ends."""
    if decision not in HealthDecision.Decision.values:
        raise NotPossibleError("Choose what was decided.", "decision")
    _check_day(on)
    if on < row.noted_on:
        raise NotPossibleError("The decision cannot be before the day of the flag.", "on")
    policies.check_words(words, "Enter the reason.")
    made = HealthDecision.objects.create(
        **owned(user, case, flag=row, decision=decision, on=on, words=words.strip())
    )
    title = f"Health referral: {made.get_decision_display().lower()}"
    note(user, case, "health_decision", title, made, "health", ["decision", "on", "words"])
    running = Clock.objects.filter(case=case, kind=DECIDE, of_key=row.key, state=Clock.State.RUNNING)
    for clock in running:
        clocks.end(user, clock, why=made.get_decision_display())
    return made


def _check_day(day: dt.date) -> None:
    if day > timezone.localdate(moment.now()):
        raise NotPossibleError("The day must not be in the future.")
