"""The only writers of lessons: proposed from a correction or a file, accepted, refused, taken back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from lamplighter.courses.coding.corrections import newest_of
from lamplighter.courses.coding.learned import LearnedPhrase, PhraseError
from lamplighter.courses.learning import phrase_files
from lamplighter.courses.learning.teaching import generalised, identifying
from lamplighter.courses.reports.facts import called, facts_of
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.patterns.learning import effects, phrases
from lamplighter.hub.patterns.models import Correction, Lesson, LessonDecision
from lamplighter.hub.patterns.policies import check_reason
from lamplighter.hub.patterns.services import LOCK
from lamplighter.hub.people import selectors as people
from lamplighter.hub.site.postgresql.locks import lock
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.rule_files.reading import parsed

Kind = LessonDecision.Kind
TEACHES = (Correction.Kind.ADD, Correction.Kind.REMOVE)
JOB = "patterns.learn"
UNCORRECTED = "Nobody added this act here, or said that it is wrong. Correct the incident first, then teach."
DECIDED = "Somebody has decided on this lesson already. Read what they decided."
OWN = "You proposed this, so somebody else accepts it. You can withdraw it."
NOT_WORKED_OUT = (
    "The effect has not been worked out with what the hub reads today. It is being worked out now: "
    "load this page again in a minute, read the effect, then decide."
)
AGAIN = "This is proposed or learned already. Read it on the page of what the hub has learned."


class NotWorkedOutError(NotPossibleError):
    """A lesson's effect is not yet worked out with what the hub reads today."""


@dataclass(frozen=True, slots=True)
class Source:
    """The words that a lesson may be chosen from, and what must not stay in it."""

    text: str
    victim_words: frozenset[str]
    suspect_words: frozenset[str]
    known: frozenset[str]


def source(report_id: str, occasion_seq: int) -> Source:
    """Return the words of an incident, as the person who is signed in may read them."""
    rows = intake.rows([report_id])
    person_of = people.person_of([p["record_id"] for p in rows["people"]])
    fact = facts_of(rows, person_of, newest_of([]))[report_id]
    narratives = {o["occasion_seq"]: o["narrative"] for o in rows["occasions"]}
    names = called(fact.victims, fact.suspects)
    return Source(
        narratives.get(occasion_seq) or fact.summary,
        names["victim_words"],
        names["suspect_words"],
        identifying(rows["people"], rows["reports"]),
    )


def correction_of(report_id: str, occasion_seq: int, behaviour: str) -> Correction | None:
    """The newest word of a person on an act, where it adds one or takes one out."""
    rows = Correction.objects.filter(report_id=report_id, occasion_seq=occasion_seq, behaviour=behaviour)
    newest = rows.exclude(kind=Correction.Kind.DECLINE).order_by("-at", "-pk").first()
    return newest if newest is not None and newest.kind in TEACHES else None


def seen(of: Source, words: str) -> str:
    """The phrase that words of an incident teach. Raises ``NotPossibleError``."""
    try:
        return generalised(
            words, of.text, victim_words=of.victim_words, suspect_words=of.suspect_words, known=of.known
        )
    except PhraseError as refused:
        raise NotPossibleError(str(refused), "words") from refused


@transaction.atomic
def propose(user: User, report_id: str, occasion_seq: int, behaviour: str, words: str) -> Lesson:
    """Propose what a correction teaches; its effect is worked out by a job. Raises ``NotPossibleError``."""
    made_from = correction_of(report_id, occasion_seq, behaviour)
    if made_from is None:
        raise NotPossibleError(UNCORRECTED)
    phrase = seen(source(report_id, occasion_seq), words)
    holds_back = made_from.kind == Correction.Kind.REMOVE
    lock(LOCK)
    _check_new(behaviour, phrase, holds_back=holds_back)
    made = Lesson.objects.create(
        behaviour=behaviour,
        phrase=phrase,
        holds_back=holds_back,
        report_id=report_id,
        occasion_seq=occasion_seq,
        correction=made_from,
        by=user,
    )
    audit.record(user, "patterns.lesson_proposed", f"lesson {made.key}", behaviour=behaviour)
    _work_later()
    return made


def decide(user: User, lesson: Lesson, kind: str, reason: str) -> LessonDecision:
    """Accept, refuse or take back a lesson, from today on. Raises ``NotPossibleError``."""
    check_reason(reason)
    try:
        return _decide(user, lesson, kind, reason.strip())
    except NotWorkedOutError:
        # Once the decision is rolled back: a job that is queued within it would go with it.
        _work_later()
        raise


@transaction.atomic
def _decide(user: User, lesson: Lesson, kind: str, reason: str) -> LessonDecision:
    lock(LOCK)
    said = set(lesson.decisions.values_list("kind", flat=True))
    if kind == Kind.TAKEN_BACK:
        if Kind.ACCEPTED not in said:
            raise NotPossibleError("Only what was accepted can be undone.")
        if Kind.TAKEN_BACK in said:
            raise ConflictError("Somebody has taken this back already. Read why.")
    elif said:
        raise ConflictError(DECIDED)
    if kind == Kind.ACCEPTED:
        if lesson.by_id == user.pk:
            raise NotPossibleError(OWN)
        if not effects.is_current(getattr(lesson, "effect", None)):
            raise NotWorkedOutError(NOT_WORKED_OUT)
    made = LessonDecision.objects.create(
        lesson=lesson, kind=kind, on=timezone.localdate(), reason=reason, by=user
    )
    audit.record(user, f"patterns.lesson_{kind}", f"lesson {lesson.key}", behaviour=lesson.behaviour)
    _work_later()
    return made


def exported(user: User, hub: str, lessons: Collection[Lesson]) -> str:
    """The lessons in force among these as a dated file. Whoever reads them may hand them on."""
    today = timezone.localdate()
    found: list[LearnedPhrase] = []
    for lesson in sorted(lessons, key=lambda one: one.pk):
        said = {d.kind: d for d in lesson.decisions.all()}
        if Kind.ACCEPTED in said and Kind.TAKEN_BACK not in said:
            found.append(phrases.phrase(lesson, said[Kind.ACCEPTED]))
    audit.record(
        user, "patterns.lessons_exported", "lessons", operation=Operation.DISCLOSURE, count=len(found)
    )
    return phrase_files.written(found, hub, today)


@transaction.atomic
def load(user: User, text: str, file: str) -> tuple[int, int]:
    """Propose the phrases of another hub's file; returns how many were new, and how many were not.

    Each waits for its effect and for a person other than ``user``, as any proposal does. All or none.

    Raises:
        NotPossibleError: naming the row that cannot be taken, and what to do.
        RuleFileError: when the file is no TOML.
    """
    try:
        hub, rows = phrase_files.given(parsed(text, file))
    except PhraseError as refused:
        raise NotPossibleError(str(refused)) from refused
    today = timezone.localdate()
    new = 0
    lock(LOCK)
    for row in rows:
        if row.until is not None and row.until <= today:
            continue
        try:
            _check_new(row.behaviour, row.phrase, holds_back=row.holds_back)
        except NotPossibleError:
            continue
        origin = f"{hub[:100] or 'another hub'}, {row.starts.isoformat()}"
        made = Lesson.objects.create(
            behaviour=row.behaviour, phrase=row.phrase, holds_back=row.holds_back, origin=origin, by=user
        )
        audit.record(user, "patterns.lesson_proposed", f"lesson {made.key}", behaviour=row.behaviour)
        new += 1
    _work_later()
    return new, len(rows) - new


def _check_new(behaviour: str, phrase: str, *, holds_back: bool) -> None:
    """Refuse what waits or is read already, as far as the person who is signed in may see it."""
    same = Lesson.objects.filter(behaviour=behaviour, phrase=phrase, holds_back=holds_back)
    ended = LessonDecision.objects.exclude(kind=Kind.ACCEPTED).values("lesson_id")
    if same.exclude(pk__in=ended).exists():
        raise NotPossibleError(AGAIN, "words")


def _work_later() -> None:
    """Have the patterns, and the effects of what waits, worked out once this is committed."""
    # A page queues no such job in its own name. This one has no argument and does what every night does.
    with as_service("find patterns"):
        app.configure_task(JOB, allow_unknown=False).defer(timestamp=0)
