"""The only writers of patterns: computing them, deciding on them, correcting what was read from reports."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import polars as pl
from django.db import Error, transaction
from django.utils import timezone

from lamplighter.courses import assemble
from lamplighter.courses.coding.corrections import SCHEMA as CORRECTIONS_SCHEMA
from lamplighter.courses.findings import urgency
from lamplighter.courses.findings.registry import rules_version
from lamplighter.courses.grouping.course_ids import MEMORY_SCHEMA
from lamplighter.hub.access.wall.identity import as_service, job
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.intake.set_aside import selectors as set_aside_reports
from lamplighter.hub.intake.set_aside import services as set_aside
from lamplighter.hub.patterns import hooks, policies, selectors, storage
from lamplighter.hub.patterns.learning import effects, phrases
from lamplighter.hub.patterns.models import (
    Computation,
    Correction,
    Course,
    CourseChange,
    Decision,
    Holding,
    Look,
)
from lamplighter.hub.patterns.saved_reports import failing_reports, watched_process
from lamplighter.hub.people import selectors as people
from lamplighter.hub.people import services as who
from lamplighter.hub.people.matching.services import relink_all
from lamplighter.hub.people.services import Progress, Received, Touched, silent
from lamplighter.hub.site.background_work import within
from lamplighter.hub.site.background_work.collector import collector_at_rest
from lamplighter.hub.site.postgresql.locks import lock
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.linkage.dyads.same_suspect import SameSuspect

LOCK = "patterns"
MOST_REPORTS = 5_000
AT_ONCE = 25
"""Reports of a delivery in one transaction: a report that somebody saves meanwhile waits for one such."""


@dataclass(frozen=True, slots=True)
class Persons:
    """Persons behind the records, as the rules of courses ask for them."""

    persons: pl.DataFrame

    def same_suspect(self, record_ids: Collection[str]) -> SameSuspect:
        """Return what the linkage holds of suspects who are nobody's yet."""
        return people.same_suspect(record_ids)


def refresh_all(progress: Progress = silent) -> dict[str, int]:
    """Find every pattern anew from everything that is held; returns counts."""
    progress("Reading the reports", 0.0)
    as_at = _now()
    # Before they are read: what is found anew from now on stands, and what is erased stays away.
    seen, last = intake.current_versions(), _last_computation()
    bundle = intake.bundle(with_raw=False)
    persons = people.persons_frame()
    ever = phrases.ever_accepted()
    learned = ever.on(as_at.date())
    progress("Putting incidents together", 0.1)
    result = assemble.courses(
        bundle,
        Persons(persons),
        as_at=as_at,
        corrections=pl.DataFrame(storage.corrections(), schema=CORRECTIONS_SCHEMA),
        previous=pl.DataFrame(storage.memory(), schema=MEMORY_SCHEMA, orient="row"),
        victims=storage.victims(),
        learned=learned,
    )
    progress("Writing the patterns", 0.7)
    with transaction.atomic():
        lock(LOCK)
        computation = Computation(
            scope=Computation.Scope.ALL,
            rules_version=result.rules_version,
            learned=list(learned.numbers),
        )
        found = storage.computed(result.rows())
        older = _found_meanwhile(last)
        gone = seen.keys() - intake.current_versions().keys()
        older |= {f.course_id for f in found if not gone.isdisjoint(f.report_ids)}
        standing = {c.course_id: c for c in Course.objects.filter(superseded_at=None)}
        written = storage.write(
            computation,
            [f for f in found if f.course_id not in older],
            {course_id: c for course_id, c in standing.items() if course_id not in older},
            lambda changed: effects.because(changed, learned, ever),
        )
        Computation.objects.filter(pk=computation.pk).update(finished_at=timezone.now())
    progress("Telling cases", 0.9)
    hooks.everything_found()
    progress("Done", 1.0)
    return written.counts()


def _last_computation() -> int:
    return Computation.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _found_meanwhile(last: int) -> set[str]:
    """Ids of courses that were found anew, or are no more, since this computation. All writers hold one lock,
    so that one whose row could not be seen yet has a higher number."""
    changes = CourseChange.objects.filter(computation__gt=last)
    return set(changes.values_list("course_id", flat=True))


@as_service("find patterns")
@collector_at_rest()
def refresh_component(person_ids: Collection[str], new: Collection[str] = ()) -> storage.Written:
    """Find anew the patterns of these persons and of the victims in their reports; leave the rest alone.

    ``new``: reports that were saved just now.
    """
    lock(LOCK)
    touched, report_ids = people.around(person_ids, MOST_REPORTS)
    rows = intake.rows(report_ids, taken_up=True)
    person_of = people.person_of([p["record_id"] for p in rows["people"]])
    standing = {c.course_id: c for c in selectors.of_persons(touched)}
    as_at, ever = _now(), phrases.ever_accepted()
    learned = ever.on(as_at.date())
    found = assemble.found(
        rows,
        person_of,
        as_at=as_at,
        corrections=storage.corrections(report_ids),
        memory=storage.memory(set(person_of.values())),
        victims={c.course_id: c.victim_person for c in standing.values() if c.suspect_person},
        persons=touched,
        same_suspect=people.same_suspect,
        learned=learned,
    )
    computation = Computation(
        scope=Computation.Scope.COMPONENT,
        rules_version=found.rules_version,
        learned=list(learned.numbers),
        finished_at=timezone.now(),
    )
    written = storage.write(
        computation,
        storage.computed(found),
        standing,
        lambda changed: effects.because(changed, learned, ever),
    )
    # In the same transaction: a report that is saved has been told of, or is not saved.
    hooks.changed({*person_ids, *touched}, {*written.new, *written.changed, *written.gone}, new)
    return written


@transaction.atomic
def reorder() -> int:
    """Put every standing pattern in today's order of the list, and nothing else; returns how many moved."""
    lock(LOCK)
    standing = list(Course.objects.filter(superseded_at=None))
    held = urgency.known(*storage.frames(standing), _now())
    moved = []
    for course in standing:
        k = held[course.course_id]
        key, reasons = urgency.key(k), urgency.reasons(k)
        if key != list(course.urgency_key) or reasons != course.urgency_reasons:
            course.urgency_key, course.urgency_reasons = key, reasons
            moved.append(course)
    Course.objects.bulk_update(moved, ["urgency_key", "urgency_reasons"], batch_size=1_000)
    return len(moved)


def report_saved(report_id: str, user: User | None, key: str = "") -> Touched:
    """:func:`reports_saved` of one."""
    return reports_saved([report_id], user, [key] if key else ())


@as_service("match a new report")
def reports_saved(
    report_ids: Sequence[str],
    user: User | None,
    keys: Sequence[str] = (),
    *,
    in_hand: Mapping[str, Received] | None = None,
) -> Touched:
    """Match reports that have just been saved and bring the patterns they touch up to date, in one go.

    One that this fails on, or takes too long, is set aside, and the others are matched.
    ``keys`` are the reports' opaque keys, by which the audit trail names them; without them, they are looked
    up. ``in_hand``: see ``people.services.match_reports``.
    """
    known = dict(zip(report_ids, keys, strict=True)) if keys else {}

    def match(some: Sequence[str]) -> Touched:
        touched = who.match_reports(some, in_hand)
        if touched.persons:
            refresh_component(touched.persons, some)
        for key in [known.get(r) or intake.report_key(r) for r in some]:
            audit.record(user, "patterns.report_saved", f"report {key}", operation=Operation.COMBINATION)
        return touched

    # In the order in which the work takes them, and before its time is counted.
    lock(who.LOCK)
    lock(LOCK)
    aside = set_aside_reports.among(report_ids)
    some = [r for r in report_ids if r not in aside]
    return failing_reports.each(some, match, refresh_component, on_a_page=user is not None)


def followed_up(report_ids: Sequence[str]) -> None:
    """:func:`reports_saved` by a worker, outside of a transaction: one that a worker ended on once is matched
    alone, and one that workers ended on twice by a process of its own, which may end."""
    before = set_aside.begin(report_ids)
    twice = [r for r, times in before.items() if times > 1]
    once = [r for r in before if r not in twice]
    try:
        for some in [[r] for r in once] + [[r for r in report_ids if r not in before]]:
            if some:
                reports_saved(some, None)
        for report_id in twice:
            _followed_up_watched(report_id)
    finally:
        # Whoever is killed does not come here, and that is what the next one sees.
        with suppress(Error):
            set_aside.ended(report_ids)


def _followed_up_watched(report_id: str) -> None:
    with as_service("match a new report"):
        if set_aside_reports.among([report_id]):
            return
        key = intake.report_key(report_id)
    fault = watched_process.follow_up(key, within.hangs(failing_reports.limit()) + 60)
    if fault:
        with as_service("match a new report"):
            failing_reports.aside(
                [report_id], failing_reports.Step.COMING, None, fault, refresh=refresh_component
            )


def try_set_aside() -> int:
    """Follow up what another version of the software set aside; returns how many reports."""
    found = set_aside.of_other_software()
    for report_id in found:
        followed_up([report_id])
    return len(found)


@as_service("match a new report")
def readers_changed(report_id: str) -> None:
    """Let the cases of a report show what its sender lets them show from now on."""
    persons = {m.person_id for m in people.members_in([report_id])}
    hooks.changed(persons, {c.course_id for c in selectors.of_report(report_id)}, ())


def delivery_read(delivery: Delivery) -> int:
    """Match the reports of a delivery with all that is held, some at a time, and bring the patterns they
    touch up to date; returns how many."""
    reports = intake.reports_of(delivery)
    with as_service("find patterns"):
        run = Computation.objects.create(
            scope=Computation.Scope.DELIVERY,
            rules_version=rules_version(),
            counts={"delivery": delivery.pk, "reports": len(reports)},
        )
    for start in range(0, len(reports), AT_ONCE):
        followed_up(reports[start : start + AT_ONCE])
    with as_service("find patterns"):
        Computation.objects.filter(pk=run.pk).update(finished_at=timezone.now())
    return len(reports)


def link_anew_if_due() -> bool:
    """Link everything anew, and find every pattern, if enough has come since the last time; says whether."""
    with job("find who is who"):
        if not who.is_due():
            return False
        failing_reports.everything(relink_all)
    with job("find patterns"):
        failing_reports.everything(refresh_all)
    return True


def find_anew_if_read_otherwise() -> bool:
    """Find every pattern anew if the rules or the words have another version, or the hub has learned or
    unlearned something, since it was last done; says whether. Versions that are superseded stay as they were
    read."""
    with job("find patterns"):
        last = Computation.objects.filter(scope=Computation.Scope.ALL).order_by("-pk").first()
        now = (rules_version(), list(phrases.in_force().numbers))
        if last is None or (last.rules_version, list(last.learned)) == now:
            return False
        failing_reports.everything(refresh_all)
    return True


def learn() -> int:
    """Find the patterns anew where the hub learned or unlearned something, then the effects of what waits;
    returns how many of these."""
    find_anew_if_read_otherwise()
    with job("find patterns"):
        return effects.work_out_waiting()


@transaction.atomic
def different_person(user: User, report_id: str, person_id: str, reason: str) -> uuid.UUID:
    """'This is a different person': part one report's person from the others, and let the patterns follow."""
    act, touched = who.part(user, report_id, person_id, reason)
    refresh_component(touched.persons)
    return act


@transaction.atomic
def decide_link(user: User, kind: str, pairs: list[tuple[str, str]], reason: str) -> uuid.UUID:
    """Confirm or reject a link, and let the patterns follow."""
    act, touched = who.decide(user, kind, pairs, reason)
    refresh_component(touched.persons)
    return act


@transaction.atomic
def undo_link(user: User, act: uuid.UUID, reason: str) -> uuid.UUID:
    """Take a decision on a link back, and let the patterns follow."""
    new_act, touched = who.undo(user, act, reason)
    refresh_component(touched.persons)
    return new_act


@transaction.atomic
def decide(user: User, course: Course, kind: str, reason: str) -> Decision:
    """Keep what somebody decided on a pattern, with the version they saw. Raises ``NotPossibleError``."""
    lock(LOCK)
    policies.check_decision(course, kind, reason)
    made = Decision.objects.create(
        course_id=course.course_id, version=course, kind=kind, reason=reason.strip(), by=user
    )
    audit.record(user, f"patterns.decided.{kind}", f"pattern {course.course_id}", version=course.pk)
    return made


@transaction.atomic
def hold(user: User, course_id: str, holder: User | None) -> Holding:
    """Take a pattern on, or hand it back with ``holder=None``."""
    made = Holding.objects.create(course_id=course_id, holder=holder, by=user)
    audit.record(user, "patterns.held" if holder else "patterns.handed_back", f"pattern {course_id}")
    return made


def looked(user: User, course: Course) -> None:
    """Note that somebody saw this version, once a day: what changed is told since then. The audit trail has
    every look."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    if not Look.objects.filter(version=course, by=user, at__gte=today).exists():
        Look.objects.create(course_id=course.course_id, version=course, by=user)


@transaction.atomic
def correct(
    user: User, report_id: str, occasion_seq: int, kind: str, behaviour: str, reason: str = ""
) -> Correction:
    """Accept, remove or add an act, or undo what was said of one, and let the patterns follow.

    Raises:
        NotPossibleError: a reason is missing, or nothing was said that could be undone.
    """
    policies.check_correction(kind, behaviour, reason)
    if kind == Correction.Kind.UNDO:
        rows = Correction.objects.filter(report_id=report_id, occasion_seq=occasion_seq, behaviour=behaviour)
        newest = rows.exclude(kind=Correction.Kind.DECLINE).order_by("-at", "-pk").first()
        if newest is None or newest.kind == Correction.Kind.UNDO:
            raise NotPossibleError("Nobody has corrected this act, or somebody has undone it already.")
    made = Correction.objects.create(
        report_id=report_id,
        occasion_seq=occasion_seq,
        kind=kind,
        behaviour=behaviour,
        reason=reason.strip(),
        by=user,
    )
    refresh_component({m.person_id for m in people.members_in([report_id])})
    audit.record(user, f"patterns.act_{kind}", f"report {intake.report_key(report_id)}", behaviour=behaviour)
    return made


def _now() -> dt.datetime:
    return timezone.localtime().replace(tzinfo=None)
