"""Learned phrases as the rules read them, and the lessons that a person may see."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from lamplighter.courses.coding.learned import Learned, LearnedPhrase, is_readable, of
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.patterns.models import Lesson, LessonDecision

Kind = LessonDecision.Kind


@as_service("find patterns")
def ever_accepted() -> Learned:
    """Every phrase that was ever accepted, each with its days; read by the rules whoever is signed in.

    As the service: also of reports whose words whoever looks may not read. No page shows a phrase from here.
    """
    words: dict[int, dict[str, LessonDecision]] = {}
    rows = LessonDecision.objects.exclude(kind=Kind.REFUSED).select_related("lesson", "by")
    for row in rows.order_by("pk"):
        words.setdefault(row.lesson_id, {})[row.kind] = row
    found = (
        phrase(said[Kind.ACCEPTED].lesson, said[Kind.ACCEPTED], said.get(Kind.TAKEN_BACK))
        for said in words.values()
        if Kind.ACCEPTED in said
    )
    # One that cannot be read any more stops no report; its page says so.
    return of(p for p in found if is_readable(p))


def in_force() -> Learned:
    """Return what is read today."""
    return ever_accepted().on(timezone.localdate())


def phrase(
    lesson: Lesson, accepted: LessonDecision | None = None, back: LessonDecision | None = None
) -> LearnedPhrase:
    """A lesson as the rules read it; one that nobody accepted yet as if it were from today."""
    return LearnedPhrase(
        number=lesson.pk,
        behaviour=lesson.behaviour,
        phrase=lesson.phrase,
        holds_back=lesson.holds_back,
        starts=accepted.on if accepted else timezone.localdate(),
        until=back.on if back else None,
        accepted_by=accepted.by.display_name if accepted else "",
        correction=lesson.correction_id,
    )


def lessons() -> QuerySet[Lesson]:
    """Lessons that the person who is signed in may read, with their decisions; the newest first."""
    rows = Lesson.objects.select_related("by", "by__agency", "effect")
    return rows.prefetch_related("decisions__by").order_by("-pk")


def waiting() -> QuerySet[Lesson]:
    """Lessons on which nobody has decided."""
    decided = LessonDecision.objects.filter(lesson=OuterRef("pk"))
    return Lesson.objects.exclude(Exists(decided))


def to_decide(user: User) -> list[Lesson]:
    """Return the lessons that this person may decide on: others proposed them."""
    return list(waiting().exclude(by=user).order_by("pk"))


def of_incident(report_id: str, occasion_seq: int) -> dict[str, Lesson]:
    """The newest lesson from each act of an incident that is not refused or taken back, by act."""
    ended = LessonDecision.objects.filter(lesson=OuterRef("pk")).exclude(kind=Kind.ACCEPTED)
    rows = Lesson.objects.filter(report_id=report_id, occasion_seq=occasion_seq)
    return {lesson.behaviour: lesson for lesson in rows.exclude(Exists(ended)).order_by("pk")}
