"""Read the links and decisions about people from the database, as rows and frames."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import polars as pl
from django.db.models import Exists, OuterRef, Q, QuerySet

from lamplighter.hub.people.matching import prepared_records
from lamplighter.hub.people.matching.record_tables import decision_row
from lamplighter.hub.people.models import Decision, Link, LinkModel, Membership
from lamplighter.hub.site.postgresql.prepared import cursor
from lamplighter.linkage.clustering import decisions as log
from lamplighter.linkage.clustering import stable_ids
from lamplighter.linkage.dyads.same_suspect import SameSuspect, Unlisted
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage.online.scorer import Judge


def linked_anew_at() -> dt.datetime | None:
    """Return when the model in use was fitted, or ``None`` before the first linking."""
    newest = _newest()
    return newest.used_from if newest else None


class _Newest(NamedTuple):
    """The row of the model in use, without its document, which is long and read once a process."""

    version: str
    used_from: dt.datetime
    keys_made_with: str
    prepared_as: str


_NEWEST = """
SELECT version, used_from, keys_made_with, prepared_as FROM people_linkmodel ORDER BY used_from DESC LIMIT 1
"""


def _newest() -> _Newest | None:
    # Asked with every report and decision: it takes longer to write out than to answer.
    with cursor() as asked:
        row = asked.execute(_NEWEST, prepare=True).fetchone()
    return _Newest(*row) if row else None


def model_in_use() -> Model | None:
    """The newest fitted model, or ``None`` before the first linking."""
    judge = judge_in_use()
    return judge.model if judge else None


def judge_in_use() -> Judge | None:
    """The newest fitted model, ready to weigh, or ``None`` before the first linking."""
    newest = _newest()
    return judge_of(newest.version) if newest else None


def judge_of(version: str) -> Judge:
    """A fitted model, ready to weigh; read once a process, until another one is in use."""
    return _judge(version, prepared_records.secret())


@lru_cache(2)
def _judge(version: str, secret: bytes) -> Judge:
    return Judge(Model.from_json(LinkModel.objects.get(pk=version).document, secret))


def made_as_today() -> tuple[bool, bool]:
    """Tell whether the model's values, and the records made ready, are of this hub and this version."""
    made = _newest()
    if made is None:
        return True, True
    return made.keys_made_with == prepared_records.fingerprint(), prepared_records.made_so(made.prepared_as)


def decisions_frame() -> pl.DataFrame:
    """The log of decisions in the form that the linkage reads."""
    found = Decision.objects.order_by("at", "pk").values()
    return pl.DataFrame([decision_row(d) for d in found], schema=log.SCHEMA)


def memory_frame() -> pl.DataFrame | None:
    """Persons as they were named last, with those that are no more; ``None`` at the very first."""
    rows = list(Membership.objects.values_list(*stable_ids.MEMORY_SCHEMA))
    return pl.DataFrame(rows, schema=stable_ids.MEMORY_SCHEMA, orient="row") if rows else None


def linked_pairs() -> pl.DataFrame:
    """Pairs that are linked today: what a new model is held to a little longer."""
    rows = list(Link.objects.filter(band=Link.Band.LINKED).values_list("left_record", "right_record"))
    return pl.DataFrame(rows, schema={"left_record": pl.String(), "right_record": pl.String()}, orient="row")


def links_among(record_ids: Collection[str]) -> QuerySet[Link]:
    """Beliefs about pairs of which both records are given."""
    return Link.objects.filter(left_record__in=record_ids, right_record__in=record_ids)


def links_from(record_ids: Collection[str]) -> QuerySet[Link]:
    """Beliefs about pairs of which one record is given, and not the other."""
    left, right = Q(left_record__in=record_ids), Q(right_record__in=record_ids)
    return Link.objects.filter((left & ~right) | (right & ~left))


def same_suspect(record_ids: Collection[str]) -> SameSuspect:
    """Return how likely the linkage holds each of these suspects' records to be somebody's of another report.

    What people decided counts: whom they parted is nobody's.
    """
    judge = judge_in_use()
    if judge is None:
        return SameSuspect()
    unlisted, ids = Unlisted.of(judge.model), list(record_ids)
    if not ids:
        return SameSuspect(unlisted=unlisted)
    with cursor() as asked:
        believed = asked.execute(_BELIEVED, [ids, ids], prepare=True).fetchall()
    decided = Decision.objects.filter(Q(left_record__in=ids) | Q(right_record__in=ids)).values()
    return SameSuspect.told(believed, log.in_force(map(decision_row, decided)).not_same, unlisted)


def suspects_unclear(
    suspects: Collection[str], people: tuple[str, str], without: Collection[str], least: float
) -> dict[str, Link]:
    """Return, by report, the strongest belief of at least so much that the suspect of another report by a
    victim is one of these records, of whom no further record is held, and nobody has said that it is not.

    ``people``: the victim and the suspect; ``without``: reports that are no question.
    """
    victim, suspect = people
    current = Membership.objects.filter(current=True)
    theirs = current.filter(person_id=victim, role="victim").values("report_id")
    # Whom other records say more of is somebody already.
    also = current.filter(person_id=OuterRef("person_id")).exclude(record_id=OuterRef("record_id"))
    others = dict(
        current.filter(report_id__in=theirs, role="suspect")
        .exclude(person_id=suspect)
        .exclude(report_id__in=list(without))
        .exclude(Exists(also))
        .values_list("record_id", "report_id")
    )
    mine, ids = list(suspects), list(others)
    pairs = Q(left_record__in=mine, right_record__in=ids) | Q(left_record__in=ids, right_record__in=mine)
    decided = Decision.objects.filter(Q(left_record__in=ids) | Q(right_record__in=ids)).values()
    parted = SameSuspect.told([], log.in_force(map(decision_row, decided)).not_same, None)
    found: dict[str, Link] = {}
    for link in Link.objects.filter(pairs, probability__gte=least).order_by("-match_weight", "pk"):
        other = link.right_record if link.right_record in others else link.left_record
        if not parted.were_parted([other], mine):
            found.setdefault(others[other], link)
    return found


def person_of(record_ids: Collection[str]) -> dict[str, str]:
    """Today's person of each record that has one."""
    with cursor() as asked:
        return dict(asked.execute(_PERSON_OF, [list(record_ids)], prepare=True).fetchall())


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


_PERSON_OF = """
SELECT record_id, person_id FROM people_membership WHERE current AND record_id = ANY(%s::text[])
"""
_BELIEVED = """
SELECT left_record, right_record, probability FROM people_link
WHERE left_record = ANY(%s::text[]) OR right_record = ANY(%s::text[])
"""
_AROUND = """
WITH touched(ids) AS (
    SELECT %(persons)s::text[] || ARRAY(
        SELECT person_id::text FROM people_membership
        WHERE current AND role = 'victim' AND report_id = ANY(ARRAY(
            SELECT report_id FROM people_membership
            WHERE current AND role <> 'victim' AND person_id = ANY(%(persons)s::text[])
        ))
    )
), around(ids) AS (
    SELECT ARRAY(
        SELECT person_id FROM people_membership
        WHERE current AND role IN ('victim', 'suspect') AND report_id = ANY(ARRAY(
            SELECT report_id FROM people_membership
            WHERE current AND person_id = ANY((SELECT ids FROM touched)::text[])
        ))
    )
), reports(ids) AS (
    SELECT ARRAY(
        SELECT DISTINCT report_id FROM people_membership
        WHERE current AND person_id = ANY((SELECT ids FROM around)::text[])
    )
), wider(ids) AS (
    SELECT ARRAY(
        SELECT DISTINCT report_id FROM people_membership WHERE current AND person_id = ANY(ARRAY(
            SELECT person_id FROM people_membership
            WHERE current AND role = 'victim' AND report_id = ANY((SELECT ids FROM reports)::text[])
        ))
    ) FROM reports WHERE cardinality(ids) <= %(most)s
)
SELECT (SELECT ids FROM touched), (SELECT ids FROM reports), (SELECT ids FROM wider)
"""


def around(person_ids: Collection[str], most: int) -> tuple[set[str], set[str]]:
    """Persons whose patterns may have changed with these, and the reports that those are computed from.

    A pattern of a victim and a suspect reads every report of the victim (an unknown suspect's report may
    belong to it) and asks for other victims of the suspect, whose reports may name this victim: two steps
    from person to report to person. The last step is left out where it would lead to more than ``most``
    reports.
    """
    with cursor() as asked:
        values = {"persons": list(person_ids), "most": most}
        touched, reports, wider = asked.execute(_AROUND, values, prepare=True).fetchone() or ([], [], [])
    return set(touched), {*reports, *(wider if wider and len(wider) <= most else ())}


def persons_frame(record_ids: Collection[str] | None = None) -> pl.DataFrame:
    """``record_id``, ``person_id`` as the rooms below read them."""
    found = Membership.objects.filter(current=True)
    if record_ids is not None:
        found = found.filter(record_id__in=record_ids)
    rows = list(found.order_by("record_id").values_list("record_id", "person_id"))
    return pl.DataFrame(rows, schema=stable_ids.PERSONS_SCHEMA, orient="row")


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
    return acts_by_id(act_ids) if (act_ids := set(found)) else []


def acts_by_id(act_ids: Collection[uuid.UUID]) -> list[Act]:
    rows: dict[uuid.UUID, list[Decision]] = defaultdict(list)
    wanted: Any = Decision.objects.filter(act__in=act_ids).select_related("by", "undone_by").order_by("pk")
    for decision in wanted:
        rows[decision.act].append(decision)
    ordered = sorted(rows.items(), key=lambda kv: (kv[1][0].at, kv[1][0].pk), reverse=True)
    return [Act(act, tuple(decisions)) for act, decisions in ordered]


def places_of(record_ids: Collection[str]) -> dict[str, Membership]:
    """Return the places of records that memberships mention: report and role, as of today if possible."""
    found = Membership.objects.filter(record_id__in=record_ids).order_by("record_id", "-current")
    return {m.record_id: m for m in found.distinct("record_id")}
