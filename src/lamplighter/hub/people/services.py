"""The only writers of beliefs and decisions about who is who.

Every writer takes one lock. Whoever links everything anew (``relinking``) writes
beside what is in use, and takes it for the switch alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.intake.set_aside import selectors as aside
from lamplighter.hub.people import policies, selectors
from lamplighter.hub.people.matching import frame_storage, prepared_records, staged_tables
from lamplighter.hub.people.matching.record_tables import Tables, remove
from lamplighter.hub.people.models import (
    CrowdedKey,
    Decision,
    KeyPage,
    Link,
    Membership,
    PersonChange,
    PreparedRecord,
    RecentKey,
)
from lamplighter.hub.site.background_work.collector import collector_at_rest
from lamplighter.hub.site.postgresql.locks import empty, lock
from lamplighter.hub.site.postgresql.prepared import add
from lamplighter.linkage.features import compact_records
from lamplighter.linkage.online import arrivals

LOCK = "who is who"
LOOKED_UP = (PreparedRecord, KeyPage, RecentKey, CrowdedKey)
Progress = Callable[[str, float], None]
Received = tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]


def silent(step: str, share: float) -> None:
    """Progress that nobody watches."""


def is_due() -> bool:
    """Tell whether so much has come since everything was linked that it is time to link everything anew."""
    last = selectors.linked_anew_at()
    return last is None or policies.is_due(intake.how_many(since=last), intake.how_many())


@as_service("find who is who")
def make_ready() -> None:
    """Load the model in use, so that the first report does not have to wait for it."""
    selectors.judge_in_use()


@dataclass(frozen=True, slots=True)
class Touched:
    """Persons that a change reached, before and after it, and the reports that were looked at."""

    persons: frozenset[str] = field(default_factory=frozenset)
    reports: frozenset[str] = field(default_factory=frozenset)


@as_service("match a new report")
def match_reports(report_ids: Collection[str], in_hand: Mapping[str, Received] | None = None) -> Touched:
    """Look for the people of some reports among those already held, and among each other, and link them: at
    once, not later.

    Called when reports were received or corrected. Only the records that share
    a rare key, and whatever is tied to them, are looked at. Of those that were stored in this very
    transaction, ``in_hand`` has what would be read.

    Raises:
        ReportVersion.DoesNotExist: one of them is not held.
    """
    lock(LOCK)
    made_as_today()
    asked = list(dict.fromkeys(report_ids))
    stored = in_hand or {}
    rows: Sequence[Received] = (
        [stored[r] for r in asked] if stored.keys() >= set(asked) else intake.received(asked)
    )
    if len(rows) < len(asked):
        # What is set aside is held, and left alone.
        missing = set(asked) - {report["report_id"] for report, _ in rows}
        if not missing <= aside.among(missing):
            raise ReportVersion.DoesNotExist
        if not rows:
            return Touched()
    if not all(people for _, people in rows):
        # An earlier version may have named somebody.
        staged_tables.count_removal()
    return match_rows(rows)


@as_service("match a new report")
def leave_out(report_ids: Collection[str]) -> Touched:
    """Hold the people of some reports to be nobody any more, and settle whoever they were held to be.

    Called when reports that stay on record no longer stand. What people decided about their records stays,
    and counts again when a report is put back.
    """
    lock(LOCK)
    made_as_today()
    staged_tables.count_removal()
    return left_out(report_ids)


def left_out(report_ids: Collection[str]) -> Touched:
    """The same with keys made as today, in a transaction that holds ``LOCK`` or writes everything anew."""
    before, seeds = _forget_reports(report_ids)
    if not seeds:
        return Touched(frozenset(before), frozenset(report_ids))
    return match_people([], {}, before, seeds)


def match_rows(rows: Sequence[Received]) -> Touched:
    """The same for reports as ``intake.selectors.received`` gives them, with keys made as today, in a
    transaction that holds ``LOCK`` or writes everything anew."""
    new: list[compact_records.Compact] = []
    roles: dict[str, str] = {}
    for report, people in rows:
        new += compact_records.of_report(report, people)
        roles |= {p["record_id"]: p["role"] for p in people}
    before, seeds = _forget_reports([report["report_id"] for report, _ in rows])
    return match_people(new, roles, before, seeds)


@collector_at_rest()
def match_people(
    new: Sequence[compact_records.Compact],
    roles: Mapping[str, str],
    before: Collection[str] = (),
    seeds: Collection[str] = (),
) -> Touched:
    """Look for the people of some reports, who are not held yet, keep them, and store whom they are.

    Within a transaction that holds ``LOCK``. ``before``: persons that the reports touched already, ``seeds``
    their records.
    """
    tables = Tables()
    if tables.model is None:
        # Nothing has been linked yet: the first relinking will take these reports with the rest.
        tables.keep(new, roles)
        tables.narrow()
        return Touched(frozenset(before), frozenset(c.report_id for c in new))
    found = arrivals.arrive(new, tables, selectors.judge_of(tables.model), seeds=seeds)
    frame_storage.store(found, tables, new, roles)
    return _touched(found, before)


def made_as_today() -> None:
    """Make anew what was made with the secret of another hub, or in another way than today's.

    With another secret the keys find nobody, and a model's value frequencies are of values that nobody has:
    every common name would pass for a rare one.
    """
    values, records = selectors.made_as_today()
    if values and records:
        return
    bundle = intake.bundle(with_raw=False)
    empty(*LOOKED_UP)
    prepared = prepared_records.prepared(bundle)
    frame_storage.add_prepared(prepared)
    model = selectors.model_in_use()
    if model is not None:
        frame_storage.keep_model(
            model if values else prepared_records.counted_anew(model, bundle), prepared.most
        )


def _forget_reports(report_ids: Collection[str]) -> tuple[set[str], set[str]]:
    """Take out the beliefs about earlier versions of some reports: the persons they belonged to, and all
    their records."""
    members = Membership.objects.filter(report_id__in=report_ids)
    records = set(members.values_list("record_id", flat=True))
    # Before the first linking, or when everything has just been made ready anew, nobody is a member yet.
    ready = PreparedRecord.objects.filter(report_id__in=report_ids)
    records |= set(ready.values_list("record_id", flat=True))
    if not records:
        return set(), set()
    persons = set(members.filter(current=True).values_list("person_id", flat=True))
    remove(records)
    frame_storage.remove_pairs_of(records)
    return persons, records | set(_members_of(persons))


def _touched(found: arrivals.Arrival, before: Collection[str]) -> Touched:
    now = {person for _, person in found.named.persons}
    return Touched(frozenset({*before, *found.before, *now}), found.reports)


def _members_of(persons: Collection[str]) -> list[str]:
    found = Membership.objects.filter(person_id__in=list(persons), current=True)
    return list(found.values_list("record_id", flat=True))


@as_service("find who is who")
def resettle(record_ids: Collection[str], before: Collection[str] = ()) -> Touched:
    """Persons anew around these records, after somebody decided about them."""
    made_as_today()
    tables = Tables()
    if tables.model is None:
        return Touched(frozenset(before), frozenset())
    found = arrivals.resettle(record_ids, tables, selectors.judge_of(tables.model))
    frame_storage.store(found, tables)
    return _touched(found, before)


@transaction.atomic
def decide(user: User, kind: str, pairs: Sequence[tuple[str, str]], reason: str) -> tuple[uuid.UUID, Touched]:
    """Write down that the two records of each pair are, or are not, the same person; then settle anew.

    Raises ``NotPossibleError`` for no pair, a record paired with itself, no
    reason, or records that are not held.
    """
    lock(LOCK)
    policies.check_decision(kind, pairs, reason)
    act = _write_down(user, kind, [(left, right, None) for left, right in map(sorted, pairs)], reason)
    touched = resettle([r for pair in pairs for r in pair])
    audit.record(user, f"people.{kind}", f"act {act}", operation=Operation.COMBINATION, pairs=len(pairs))
    return act, touched


def _write_down(
    user: User, kind: str, pairs: Sequence[tuple[str, str, Decision | None]], reason: str
) -> uuid.UUID:
    """One act of deciding: pairs of records, left < right, each with the decision that it takes back."""
    act, at = uuid.uuid4(), timezone.now()
    add(
        [
            Decision(
                at=at, by=user, kind=kind, left_record=left, right_record=right, undoes=undoes,
                reason=reason.strip(), act=act,
            )
            for left, right, undoes in pairs
        ]
    )  # fmt: skip
    return act


@transaction.atomic
def undo(user: User, act: uuid.UUID, reason: str) -> tuple[uuid.UUID, Touched]:
    """Take back one act of deciding, all its pairs together. Raises ``NotPossibleError``."""
    lock(LOCK)
    decisions = list(Decision.objects.filter(act=act).select_related("undone_by"))
    policies.check_undo(decisions, reason)
    undone = [(d.left_record, d.right_record, d) for d in decisions]
    new_act = _write_down(user, Decision.Kind.UNDO, undone, reason)
    touched = resettle([r for d in decisions for r in (d.left_record, d.right_record)])
    audit.record(user, "people.undo", f"act {act}", operation=Operation.COMBINATION, pairs=len(decisions))
    return new_act, touched


@transaction.atomic
def part(user: User, report_id: str, person_id: str, reason: str) -> tuple[uuid.UUID, Touched]:
    """'This is a different person': this person's records in one report are parted from all their others."""
    members = selectors.records_of([person_id]).get(person_id, [])
    here = [m.record_id for m in members if m.report_id == report_id]
    elsewhere = [m.record_id for m in members if m.report_id != report_id]
    return decide(user, Decision.Kind.NOT_SAME, [(a, b) for a in here for b in elsewhere], reason)


@as_service("erase a report")
def forget(record_ids: Collection[str], near: Collection[str]) -> tuple[dict[str, int], Touched]:
    """Take out all that rests on records that have been erased, and settle the persons of those ``near``.

    Beliefs, keys, decisions about a pair with one of them, and which person they were. Returns how many
    rows went, by table, and what it reached.
    """
    lock(LOCK)
    staged_tables.count_removal()
    members = Membership.objects.filter(record_id__in=record_ids)
    before = set(members.values_list("person_id", flat=True))
    pairs = Q(left_record__in=record_ids) | Q(right_record__in=record_ids)
    decisions = Decision.objects.filter(pairs)
    gone = [
        Link.objects.filter(pairs),
        decisions.filter(kind=Decision.Kind.UNDO),
        decisions,
        members,
    ]
    looked_up = (PreparedRecord, KeyPage, RecentKey)
    counts = {t._meta.db_table: n for t, n in zip(looked_up, remove(record_ids), strict=True)}
    for rows in gone:
        table = rows.model._meta.db_table
        counts[table] = counts.get(table, 0) + rows.delete()[0]
    touched = Touched(frozenset(before), frozenset())
    if near:
        touched = resettle(near, before)
    lost = before - set(Membership.objects.filter(person_id__in=before).values_list("person_id", flat=True))
    changes = PersonChange.objects.filter(Q(person_id__in=lost) | Q(other_person_id__in=lost))
    counts[PersonChange._meta.db_table] = changes.delete()[0]
    return counts, touched
