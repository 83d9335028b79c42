"""Tell which incidents and patterns a lesson changes, and by which lessons a pattern changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from django.db import transaction
from django.utils import timezone

from lamplighter.courses import assemble
from lamplighter.courses.coding.corrections import newest_of
from lamplighter.courses.coding.learned import Learned, LearnedPhrase, is_readable
from lamplighter.courses.findings.registry import rules_version
from lamplighter.courses.learning import effect
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.patterns import storage
from lamplighter.hub.patterns.learning import phrases
from lamplighter.hub.patterns.models import (
    Computation,
    Course,
    Lesson,
    LessonEffect,
    LessonIncident,
    LessonPattern,
)
from lamplighter.hub.people import selectors as people

_AT_ONCE, _PERSONS_AT_ONCE, _MOST_REPORTS = 500, 25, 5_000


def work_out_waiting() -> int:
    """Work out, as a job, the effect of the lessons that wait for a decision, of all reports as they are now;
    returns how many."""
    found = [w for w in phrases.waiting().order_by("pk") if is_readable(phrases.phrase(w))]
    if not found:
        return 0
    learned = phrases.in_force()
    texts = list(_texts())
    for lesson in found:
        _work_out(lesson, learned, texts)
    return len(found)


def is_current(made: LessonEffect | None) -> bool:
    """Tell whether an effect was worked out with the rules and lessons that are read today."""
    learned = list(phrases.in_force().numbers)
    return made is not None and (list(made.learned), made.rules_version) == (learned, rules_version())


def _work_out(lesson: Lesson, learned: Learned, texts: list[tuple[str, str]]) -> None:
    phrase = phrases.phrase(lesson)
    touched = list(dict.fromkeys(effect.may_touch(phrase, texts)))
    incidents: list[effect.Changed] = []
    for some in _parts(touched, _AT_ONCE):
        rows = intake.rows(some, taken_up=True)
        person_of = people.person_of([p["record_id"] for p in rows["people"]])
        said = newest_of(storage.corrections(some))
        incidents += effect.changed(rows, person_of, phrase, learned, said)
    read = {c.report_id for c in incidents if not c.said}
    patterns = _patterns(sorted(read), phrase, learned)
    with transaction.atomic():
        LessonEffect.objects.filter(lesson=lesson).delete()
        LessonIncident.objects.filter(lesson=lesson).delete()
        LessonPattern.objects.filter(lesson=lesson).delete()
        # Somebody may have decided meanwhile, on what they saw.
        if not phrases.waiting().filter(pk=lesson.pk).exists():
            transaction.set_rollback(True)
            return
        LessonEffect.objects.create(
            lesson=lesson, learned=list(learned.numbers), rules_version=rules_version()
        )
        LessonIncident.objects.bulk_create(
            [
                LessonIncident(
                    lesson=lesson,
                    report_id=c.report_id,
                    occasion_seq=c.occasion_seq,
                    gains=c.gains,
                    said=c.said,
                )
                for c in incidents
            ]
        )
        LessonPattern.objects.bulk_create(
            [
                LessonPattern(lesson=lesson, course_id=course_id, before=before, after=after)
                for course_id, (before, after) in sorted(patterns.items())
            ]
        )


def _texts() -> Iterator[tuple[str, str]]:
    """Every text that acts are read from, with the id of its report."""
    held = intake.bundle(with_raw=False)
    for table, column in (("reports", "summary"), ("occasions", "narrative")):
        for report_id, text in held[table].select("report_id", column).iter_rows():
            if text:
                yield report_id, text


def _patterns(report_ids: list[str], phrase: LearnedPhrase, learned: Learned) -> dict[str, tuple[str, str]]:
    """The patterns that a phrase changes: the reading of each without and with it, by id."""
    found: dict[str, tuple[str, str]] = {}
    persons = sorted({m.person_id for m in people.members_in(report_ids)}) if report_ids else []
    for some in _parts(persons, _PERSONS_AT_ONCE):
        before, after = (_computed(some, each) for each in effect.beside(learned, phrase))
        for course_id in before.keys() | after.keys():
            one, other = before.get(course_id), after.get(course_id)
            if one is None or other is None or one.digest != other.digest:
                read = (c.course["reading"] if c else "" for c in (one, other))
                found[course_id] = (next(read), next(read))
    return found


def _computed(person_ids: Collection[str], learned: Learned) -> dict[str, storage.Computed]:
    touched, report_ids = people.around(person_ids, _MOST_REPORTS)
    rows = intake.rows(report_ids, taken_up=True)
    person_of = people.person_of([p["record_id"] for p in rows["people"]])
    standing = Course.objects.filter(superseded_at=None).exclude(suspect_person=None)
    near = standing.filter(report_ids__overlap=list(report_ids))
    found = assemble.found(
        rows,
        person_of,
        as_at=timezone.localtime().replace(tzinfo=None),
        corrections=storage.corrections(report_ids),
        memory=storage.memory(set(person_of.values())),
        victims=dict(near.values_list("course_id", "victim_person")),
        persons=touched,
        learned=learned,
    )
    return {c.course_id: c for c in storage.computed(found)}


def because(older: Iterable[Course], newer: Learned, ever: Learned) -> dict[int, list[int]]:
    """By which lessons, learned or taken back since, versions of patterns that changed read otherwise.

    Args:
        older: the versions that stood.
        newer: what is read now.
        ever: everything that was ever learned.

    Returns:
        Numbers of lessons by the key of the version; nothing for what changed by something else alone.
    """
    if not ever.phrases:
        return {}
    held = {c.pk: c for c in older}
    runs = {c.computation_id for c in held.values()}
    learned = dict(Computation.objects.filter(pk__in=runs).values_list("pk", "learned"))
    of_number = {p.number: p for p in ever.phrases}
    found: dict[int, list[int]] = {}
    for pk, course in held.items():
        moved = sorted({*learned[course.computation_id]} ^ {*newer.numbers})
        if not moved:
            continue
        rows = intake.rows(course.report_ids, taken_up=True)
        person_of = people.person_of([p["record_id"] for p in rows["people"]])
        said = newest_of(storage.corrections(course.report_ids))
        found[pk] = [
            n
            for n in moved
            if n in of_number and effect.reads_otherwise(rows, person_of, of_number[n], newer, said)
        ]
    return found


def _parts(values: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
