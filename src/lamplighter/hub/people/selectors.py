"""What is believed and decided about people, read from the database as rows and frames."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from lamplighter.hub.people import lookup
from lamplighter.hub.people.models import CandidateKey, Decision, Link, LinkModel, Membership
from lamplighter.linkage import decisions as log
from lamplighter.linkage import ids
from lamplighter.linkage.keys import MOST_RECORDS_A_KEY
from lamplighter.linkage.model import Model


def newest_model() -> LinkModel | None:
    """The row of the model in use, or ``None`` before the first linking."""
    return LinkModel.objects.order_by("-used_from").first()


def model_in_use() -> Model | None:
    """The newest fitted model, or ``None`` before the first linking."""
    newest = newest_model()
    return Model.from_json(newest.document, lookup.secret()) if newest else None


def decisions_frame(record_ids: Collection[str] | None = None) -> pl.DataFrame:
    """The log of decisions in the form that the linkage reads; all of it, or what touches some records."""
    found = Decision.objects.order_by("at", "pk")
    if record_ids is not None:
        found = found.filter(Q(left_record__in=record_ids) | Q(right_record__in=record_ids))
    rows = [
        {
            "decision_id": f"{d.pk:012d}",
            "at": timezone.localtime(d.at).replace(tzinfo=None),
            "by": str(d.by_id),
            "kind": d.kind,
            "left_record": d.left_record,
            "right_record": d.right_record,
            "undoes": f"{d.undoes_id:012d}" if d.undoes_id else None,
            "reason": d.reason,
        }
        for d in found
    ]
    return pl.DataFrame(rows, schema=log.SCHEMA)


def memory_frame(record_ids: Collection[str] | None = None) -> pl.DataFrame | None:
    """Persons as they were named last, with those that are no more; ``None`` at the very first.

    With ``record_ids``, the persons that hold or held any of those records, whole.
    """
    found = Membership.objects.all()
    if record_ids is not None:
        persons = set(found.filter(record_id__in=record_ids).values_list("person_id", flat=True))
        # A record's own first id may be in use by persons it has left: it must not be given out again.
        persons |= {ids.person_id(r) for r in record_ids}
        found = found.filter(person_id__in=persons)
    rows = list(found.values_list(*ids.MEMORY_SCHEMA))
    return pl.DataFrame(rows, schema=ids.MEMORY_SCHEMA, orient="row") if rows else None


def links_among(record_ids: Collection[str]) -> QuerySet[Link]:
    """Beliefs about pairs of which both records are given."""
    return Link.objects.filter(left_record__in=record_ids, right_record__in=record_ids)


def component(record_ids: Iterable[str]) -> set[str]:
    """Every record that today's links, decisions or persons tie to the given ones, directly or not."""
    reached: set[str] = set()
    edge = set(record_ids)
    while edge:
        reached |= edge
        batch = list(edge)
        near: set[str] = set()
        for model, extra in ((Link, Q(band=Link.Band.LINKED)), (Decision, Q())):
            touching = Q(left_record__in=batch) | Q(right_record__in=batch)
            for pair in model.objects.filter(extra & touching).values_list("left_record", "right_record"):
                near.update(pair)
        persons = Membership.objects.filter(record_id__in=batch, current=True).values("person_id")
        near.update(
            Membership.objects.filter(person_id__in=persons, current=True).values_list("record_id", flat=True)
        )
        edge = near - reached
    return reached


def person_of(record_ids: Collection[str]) -> dict[str, str]:
    """Today's person of each record that has one."""
    found = Membership.objects.filter(record_id__in=record_ids, current=True)
    return dict(found.values_list("record_id", "person_id"))


def records_of(person_ids: Collection[str]) -> dict[str, list[Membership]]:
    """Today's records of each person, in a steady order."""
    found: dict[str, list[Membership]] = defaultdict(list)
    for member in Membership.objects.filter(person_id__in=person_ids, current=True).order_by("record_id"):
        found[member.person_id].append(member)
    return dict(found)


def reports_of(person_ids: Collection[str], *, roles: Sequence[str] = ()) -> set[str]:
    """Reports in which today's records of these persons stand, in any role or in some."""
    found = Membership.objects.filter(person_id__in=person_ids, current=True)
    if roles:
        found = found.filter(role__in=roles)
    return set(found.values_list("report_id", flat=True))


def members_in(report_ids: Collection[str]) -> list[Membership]:
    """Everybody recorded in these reports, with today's person."""
    return list(Membership.objects.filter(report_id__in=report_ids, current=True).order_by("record_id"))


def persons_frame(record_ids: Collection[str] | None = None) -> pl.DataFrame:
    """``record_id``, ``person_id`` as the rooms below read them."""
    found = Membership.objects.filter(current=True)
    if record_ids is not None:
        found = found.filter(record_id__in=record_ids)
    rows = list(found.order_by("record_id").values_list("record_id", "person_id"))
    return pl.DataFrame(rows, schema=ids.PERSONS_SCHEMA, orient="row")


def sharing_keys(keys: Collection[int], leaving_out: Collection[str]) -> list[str]:
    """Records that share one of these keys, where few enough do; rare keys first.

    Each key is looked up through the index and given up as soon as it turns
    out to be common, so a name like 'John Smith' costs no more than a rare one.
    """
    most = MOST_RECORDS_A_KEY
    statement = f"""
        SELECT w.key, c.record_id
        FROM unnest(%s::bigint[]) AS w(key)
        CROSS JOIN LATERAL (
            SELECT record_id FROM {CandidateKey._meta.db_table} WHERE key = w.key LIMIT %s
        ) AS c
    """  # noqa: S608  the table's name is Django's
    by_key: dict[int, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(statement, [sorted(set(keys)), most + 1])
        for key, record in cursor.fetchall():
            by_key[key].append(record)
    left_out = set(leaving_out)
    ordered = sorted((len(r), k) for k, r in by_key.items() if len(r) <= most)
    found = dict.fromkeys(r for _, k in ordered for r in by_key[k] if r not in left_out)
    return list(found)


@dataclass(frozen=True, slots=True)
class Act:
    """One act of deciding: one or more pairs at once, and whether it has been taken back."""

    act: uuid.UUID
    decisions: tuple[Decision, ...]

    @property
    def first(self) -> Decision:
        return self.decisions[0]

    @property
    def standing(self) -> bool:
        return all(not hasattr(d, "undone_by") for d in self.decisions)

    @property
    def records(self) -> set[str]:
        return {r for d in self.decisions for r in (d.left_record, d.right_record)}


def acts(record_ids: Collection[str]) -> list[Act]:
    """Acts of deciding that touch these records, newest first."""
    found = Decision.objects.filter(
        Q(left_record__in=record_ids) | Q(right_record__in=record_ids)
    ).values_list("act", flat=True)
    return acts_by_id(set(found))


def acts_by_id(act_ids: Collection[uuid.UUID]) -> list[Act]:
    rows: dict[uuid.UUID, list[Decision]] = defaultdict(list)
    wanted: Any = Decision.objects.filter(act__in=act_ids).select_related("by", "undone_by").order_by("pk")
    for decision in wanted:
        rows[decision.act].append(decision)
    ordered = sorted(rows.items(), key=lambda kv: (kv[1][0].at, kv[1][0].pk), reverse=True)
    return [Act(act, tuple(decisions)) for act, decisions in ordered]


def reports_of_records(record_ids: Collection[str]) -> set[str]:
    """Reports in which these records stand."""
    found = Membership.objects.filter(record_id__in=record_ids, current=True)
    return set(found.values_list("report_id", flat=True))


def places_of(record_ids: Collection[str]) -> pl.DataFrame:
    """``record_id``, ``report_id``, ``role`` of records that memberships mention."""
    found = Membership.objects.filter(record_id__in=record_ids).order_by("record_id", "-current")
    rows = list(found.distinct("record_id").values_list("record_id", "report_id", "role"))
    schema = {"record_id": pl.String(), "report_id": pl.String(), "role": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row")
