"""Patterns that read as possible domestic or honour-based abuse: whose they are, by when, and who looked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from lamplighter.courses.reports.readings import DOMESTIC, HONOUR
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.patterns import configuration, policies
from lamplighter.hub.patterns.models import AbuseLook, Course
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.vocabulary import working_days

Pattern = TypeVar("Pattern", bound=Course)
CHANGED = "The pattern changed while you were reading. Read what changed."
READINGS = (DOMESTIC, HONOUR)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pattern that nobody has looked at since it came to read so, or changed; ``due`` is its last day."""

    course: Course
    due: dt.date

    @property
    def days_left(self) -> int:
        """Return how many days are left; less than none when it is overdue."""
        return (self.due - timezone.localdate()).days


def waits(courses: QuerySet[Pattern]) -> QuerySet[Pattern]:
    """Return those that read so and whose version that stands nobody has looked at in that regard."""
    looked = AbuseLook.objects.filter(version=OuterRef("pk"))
    return courses.filter(reading__in=READINGS).exclude(Exists(looked))


def waiting(courses: Collection[Course]) -> list[Waiting]:
    """Return the day by which each of these is looked at.

    It counts from the first version that read so since the last look: a report more puts nothing off.
    """
    ids = [c.course_id for c in courses]
    looked: dict[str, dt.datetime] = {}
    for course_id, at in AbuseLook.objects.filter(course_id__in=ids).values_list(
        "course_id", "version__computed_at"
    ):
        looked[course_id] = max(at, looked.get(course_id, at))
    since: dict[str, dt.datetime] = {}
    versions = Course.objects.filter(course_id__in=ids, reading__in=READINGS)
    for course_id, at in versions.order_by("computed_at").values_list("course_id", "computed_at"):
        if course_id not in looked or at > looked[course_id]:
            since.setdefault(course_id, at)
    return [Waiting(c, due(since.get(c.course_id, c.computed_at))) for c in courses]


def due(since: dt.datetime) -> dt.date:
    """Return the last day on which to look at what came at ``since``."""
    day = timezone.localdate(since)
    count = configuration.look_within(timezone.localdate())
    try:
        return working_days.working_days_after(day, count)
    except working_days.PastTheEndError:
        # The bank holidays of that year are not known yet: rather too early than too late.
        return day + dt.timedelta(days=count)


def of(user: User) -> list[Waiting]:
    """Return what waits for this person, the first that is due first.

    Stalking leads have what their force recorded; coordinators what no force of the hub recorded.
    """
    standing = waits(Course.objects.filter(superseded_at=None))
    if user.role == Role.STALKING_LEAD and user.agency_id:
        found = standing.filter(agencies__contains=[user.agency_id])
    elif user.role == Role.COORDINATOR:
        found = standing.exclude(agencies__overlap=_with_a_lead())
    else:
        return []
    return sorted(waiting(list(found)), key=lambda w: (w.due, w.course.course_id))


def _with_a_lead() -> list[str]:
    """Codes of the forces that have a stalking lead."""
    leads = User.objects.working().filter(role=Role.STALKING_LEAD, agency__kind=Agency.Kind.POLICE)
    return sorted(set(leads.values_list("agency_id", flat=True)))


def looks(course_id: str) -> list[AbuseLook]:
    """Return who looked at a pattern in this regard, the newest first."""
    rows = AbuseLook.objects.filter(course_id=course_id).select_related("by", "by__agency")
    return list(rows.order_by("-at", "-pk"))


@transaction.atomic
def look(user: User, course: Course, outcome: str) -> AbuseLook:
    """Record that this person looked at the version that stands, and what they did. Raises
    ``NotPossibleError``."""
    policies.check_reason(outcome)
    if course.superseded_at is not None:
        raise ConflictError(CHANGED)
    if course.reading not in READINGS:
        raise NotPossibleError("This pattern does not read as domestic or honour-based abuse.")
    made = AbuseLook.objects.create(
        course_id=course.course_id, version=course, reading=course.reading, outcome=outcome.strip(), by=user
    )
    audit.record(user, "patterns.abuse_looked", f"pattern {course.course_id}", version=course.pk)
    return made
