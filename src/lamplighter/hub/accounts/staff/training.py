"""Record people's training and its end. ``training.valid(user, "srp", day)`` is what other contexts ask."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access.concurrent_edits import one_at_a_time
from lamplighter.hub.accounts import configuration
from lamplighter.hub.accounts.models import Role, TrainingRecord, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.site.config_files.dated import DatedRules
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

RULES = DatedRules(configuration.TRAINING)
SOON = dt.timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Topic:
    code: str
    name: str
    since: dt.date
    until: dt.date | None
    months: int | None
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """One topic of one person on one day. ``state`` is valid, soon (ends within 60 days), ended or none."""

    user: User
    topic: Topic
    state: str
    completed_on: dt.date | None = None
    expires_on: dt.date | None = None
    evidence: str = ""


def topics(on: dt.date | None = None) -> dict[str, Topic]:
    """Each topic as its newest entry says that had begun on this day (today), in the order of the file.

    A topic that has ended by then is not asked for any more.
    """
    day = on or timezone.localdate()
    made: dict[str, Topic] = {}
    for rule in RULES.every("topic"):
        known = made.get(rule.code)
        # An entry from before the file began counts too: training is older than this software.
        since = rule.valid_from or dt.date.min
        if known is None or known.since < since <= day:
            months = rule.extra.get("months")
            before = tuple(rule.extra.get("before", ()))
            made[rule.code] = Topic(rule.code, rule.title, since, rule.valid_until, months, before)
    return {code: topic for code, topic in made.items() if topic.until is None or day < topic.until}


def valid(user: User, topic: str, on: dt.date | None = None) -> bool:
    """Tell whether this person's training in this topic counts on this day (today)."""
    day = on or timezone.localdate()
    return any(
        row.completed_on <= day and (row.expires_on is None or row.expires_on >= day)
        for row in TrainingRecord.objects.filter(user=user, topic=topic)
    )


def lacking(user: User, act: str, on: dt.date | None = None) -> list[str]:
    """Return the names of the topics that are asked about before this act and do not count that day."""
    asked = [topic for topic in topics(on).values() if act in topic.before]
    return [topic.name for topic in asked if not valid(user, topic.code, on)]


def told(user: User, act: str) -> str:
    """Return what somebody reads before they do what they have no training for; "" where they have it."""
    names = " or ".join(lacking(user, act))
    if not names:
        return ""
    return (
        f"No training in {names} that counts today is recorded for you. You can go on. Ask your "
        "coordinator to record it if you have done it."
    )


@transaction.atomic
def record(
    by: User, user: User, *, topic: str, completed_on: dt.date, evidence: str, seen: str | None = None
) -> TrainingRecord:
    """Write down that somebody completed a topic. Raises ``NotPossibleError``.

    ``seen`` is the moment (ISO 8601) at which the writer was shown the form:
    where somebody has recorded the same topic of the same person since,
    ``ConflictError`` carries their record.
    """
    if by.pk == user.pk:
        raise NotPossibleError("Nobody records their own training. Ask a coordinator or an administrator.")
    if by.role != Role.ADMINISTRATOR and by.agency_id != user.agency_id:
        raise NotPossibleError("You can record training of people in your own agency only.")
    if completed_on > timezone.localdate():
        raise NotPossibleError("The day of completion must not be in the future.")
    one_at_a_time(user.pk)
    newest = TrainingRecord.objects.filter(user=user, topic=topic).select_related("by").order_by("pk").last()
    if seen is not None and newest is not None and newest.at > _moment(seen):
        raise ConflictError(newest=newest)
    months = topics(completed_on)[topic].months
    row = TrainingRecord.objects.create(
        user=user,
        topic=topic,
        completed_on=completed_on,
        expires_on=None if months is None else months_later(completed_on, months),
        evidence=evidence,
        by=by,
    )
    audit.record(by, "accounts.training_recorded", f"user {user.key}", fields=["completed_on"], topic=topic)
    return row


def _moment(text: str) -> dt.datetime:
    """The moment that a form carries; long ago for one that carries none."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return dt.datetime.min.replace(tzinfo=dt.UTC)
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def standing(user: User, on: dt.date | None = None) -> list[Standing]:
    """Every topic of one person."""
    return team([user], on)


def team(users: list[User], on: dt.date | None = None) -> list[Standing]:
    """Every topic of these people: what has ended or ends next comes first, what nobody did comes last."""
    day = on or timezone.localdate()
    best: dict[tuple[int, str], TrainingRecord] = {}
    # Later completions win; one query for everybody.
    for row in TrainingRecord.objects.filter(user__in=users, completed_on__lte=day).order_by(
        "completed_on", "pk"
    ):
        best[row.user_id, row.topic] = row
    made = [
        _standing(user, topic, best.get((user.pk, topic.code)), day)
        for user in users
        for topic in topics(day).values()
    ]
    order = {"ended": 0, "soon": 0, "valid": 0, "none": 1}
    return sorted(made, key=lambda s: (order[s.state], s.expires_on or dt.date.max, s.user.display_name))


def _standing(user: User, topic: Topic, row: TrainingRecord | None, day: dt.date) -> Standing:
    if row is None:
        return Standing(user, topic, "none")
    if row.expires_on is not None and row.expires_on < day:
        state = "ended"
    elif row.expires_on is not None and row.expires_on - day <= SOON:
        state = "soon"
    else:
        state = "valid"
    return Standing(user, topic, state, row.completed_on, row.expires_on, row.evidence)
